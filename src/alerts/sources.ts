/** Sources of inbox rows that this room decides. */

/** Alertmanager's webhook. */
export const ALERTMANAGER = 'alertmanager';
/** What fires at Alertmanager and no delivery brought; the body is one of its webhook's. */
export const FOUND = 'reconcile';
/** What is open with us and gone at Alertmanager; the body is a `GoneRow`. */
export const GONE = 'reconcile-gone';
