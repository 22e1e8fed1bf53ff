const { pid } = process;

/**
 * An address of the loopback interface that is this process's own, by its id: a port of it that nobody listens at stays so. A port of
 * 127.0.0.1 is given to whoever asks for a free one next.
 */
export const ownAddress = `127.${128 | (pid >> 16)}.${(pid >> 8) & 255}.${pid & 255}`;
