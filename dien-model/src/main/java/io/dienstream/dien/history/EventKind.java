package io.dienstream.dien.history;

/**
 * What may happen to a user's history, in the order that holds at one event time: a request sees
 * the behaviors of its own moment, unless an erasure of that moment takes them.
 */
public enum EventKind {
    BEHAVIOR,
    ERASURE,
    AD_REQUEST
}
