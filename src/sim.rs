//! Discrete-event simulation on one virtual clock: a scheduler, the way that events take with its
//! faults, queues, and checkers. It knows nothing of architectures.
