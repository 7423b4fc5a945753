import type { Asker } from '../commands/asker.ts';
import { renderRefusal } from '../render/answers/refusal.ts';
import type { OwnClick } from './button.ts';

/** Tells the presser that what the button is about is not known any more. */
export function refuseUnknown(asker: Asker, click: OwnClick): Promise<void> {
  const what = click.value.i ?? 'what this button is about';
  return asker.answer(renderRefusal({ happened: `I do not know ${what} any more.`, todo: 'See `/gianna status`.' }));
}
