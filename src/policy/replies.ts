import { type Awaitable, isPending } from "../awaitable.ts";
import type { AuthError } from "../errors.ts";
import type { Inquiry } from "./inquiry.ts";

/** What came of asking a function or an engine. */
export interface Reply {
  /** Undefined where it could not tell, and where it failed. */
  readonly value: boolean | undefined;
  /** What decided, such as the ids of policies, where an engine tells. */
  readonly decidedBy?: readonly string[];
  /** How it failed, in a few words of our own. */
  readonly failure?: string;
  /** The fault to reply with where it failed because something is down, so that nothing is known now. */
  readonly outage?: AuthError;
}

/** A function or an engine that a policy may ask. */
export interface Subject {
  /** What explanations call it, such as `the function "owns"`. */
  readonly phrase: string;
  /** Asks it. This never throws and never rejects. */
  ask(inquiry: Inquiry): Awaitable<Reply>;
}

/** Something that a rule wants to know of a subject. */
export interface Question {
  readonly subject: Subject;
  /** The same for questions of one request that are the same. */
  readonly key: string;
  /** The fault to reply with while it stays open. */
  readonly outage: AuthError;
  ask(): Awaitable<Reply>;
}

/** The replies that a decision was made with. */
export interface Replies {
  get(subject: Subject, key: string): Reply | undefined;
}

/** Asks about one request, and asks nothing twice. */
export interface Asker {
  /** Asks all of the questions at once, and waits for all of the replies; no promise where none has to be waited for. */
  ask(questions: readonly Question[]): Awaitable<Replies>;
}

/** Makes the asker of one request. */
export function createAsker(): Asker {
  const asked = new Map<Subject, Map<string, Awaitable<Reply>>>();

  function once({ subject, key, ask }: Question): Awaitable<Reply> {
    const replies = asked.get(subject) ?? new Map<string, Awaitable<Reply>>();
    asked.set(subject, replies);
    const reply = replies.get(key) ?? ask();
    replies.set(key, reply);
    return reply;
  }

  return {
    ask(questions) {
      const given = questions.map(once);
      if (given.some(isPending)) return Promise.all(given).then((replies) => repliesTo(questions, replies));
      return repliesTo(questions, given as readonly Reply[]);
    },
  };
}

function repliesTo(questions: readonly Question[], given: readonly Reply[]): Replies {
  const bySubject = new Map<Subject, Map<string, Reply>>();
  questions.forEach(({ subject, key }, index) => {
    const replies = bySubject.get(subject) ?? new Map<string, Reply>();
    bySubject.set(subject, replies.set(key, given[index] as Reply));
  });
  return { get: (subject, key) => bySubject.get(subject)?.get(key) };
}
