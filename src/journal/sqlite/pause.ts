/**
 * Lets the event loop run while another process holds the file. Real time on purpose: the other process does not
 * live by our clock.
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
