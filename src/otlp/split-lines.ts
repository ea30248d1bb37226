const LINE_FEED = 0x0a;

export interface LinePiece {
  /** Without the line's end if it is a whole line. */
  readonly bytes: Buffer;
  /** False for a part of a line that is too large, and once lines are no longer wanted. */
  readonly isWholeLine: boolean;
}

/**
 * Splits bytes into lines, several at a time; nothing is lost and the order is kept.
 *
 * @param maxLineBytes a longer line is given in parts
 * @param wantsLines asked before each chunk; from the first "no" on, chunks are passed through as they are
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array | string>,
  maxLineBytes: number,
  wantsLines: () => boolean,
): AsyncGenerator<readonly LinePiece[]> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const takeHeld = (): Buffer => {
    const bytes = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return bytes;
  };
  let inLongLine = false;
  for await (const chunk of chunks) {
    let rest =
      typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (!wantsLines()) {
      yield [
        { bytes: takeHeld(), isWholeLine: false },
        { bytes: rest, isWholeLine: false },
      ];
      continue;
    }
    const pieces: LinePiece[] = [];
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      held.push(rest.subarray(0, end));
      pieces.push({ bytes: takeHeld(), isWholeLine: !inLongLine });
      inLongLine = false;
      rest = rest.subarray(end + 1);
    }
    held.push(rest);
    heldBytes += rest.length;
    if (heldBytes > maxLineBytes) {
      inLongLine = true;
      pieces.push({ bytes: takeHeld(), isWholeLine: false });
    }
    yield pieces;
  }
  if (heldBytes > 0) yield [{ bytes: takeHeld(), isWholeLine: !inLongLine }];
}
