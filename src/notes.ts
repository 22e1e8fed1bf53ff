/** Remembers one value for each of many objects, and lets go of it with the object, as a WeakMap does. */
export interface Notes<Key extends object, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
}

/** What a constructor returns is what the fields of the classes that extend it are put on. */
function given(object: object): object {
  return object;
}

/**
 * Makes notes for objects that are many and short-lived, such as requests. Each is kept on its object, in a private field,
 * which nobody else can read, forge or copy, and which objects that inherit from it do not have.
 *
 * A WeakMap promises the same. But until its next full run the garbage collector of V8 takes the values of a WeakMap for
 * alive, and a value that leads back to its key keeps both alive. With WeakMaps a server spent twice the time on garbage.
 */
export function createNotes<Key extends object, Value>(): Notes<Key, Value> {
  // Whether a private field can be put on an object that takes no more properties is about to change in JavaScript.
  const onSealed = new WeakMap<Key, Value>();

  // TypeScript knows no constructor that is not a class, and the constructor of a class makes an object of its own.
  class Note extends (given as unknown as new (object: object) => object) {
    #value: Value;

    constructor(key: Key, value: Value) {
      super(key);
      this.#value = value;
    }

    static get(key: Key): Value | undefined {
      return #value in key ? key.#value : onSealed.get(key);
    }

    static set(key: Key, value: Value): void {
      if (#value in key) key.#value = value;
      else if (Object.isExtensible(key)) new Note(key, value);
      else onSealed.set(key, value);
    }
  }

  return { get: Note.get, set: Note.set };
}
