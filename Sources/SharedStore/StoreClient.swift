package import Logging

/// A store of the kind of Redis that several servers share.
///
/// Commands of all tasks go out together over a few connections, each with a thread of its own, so that no task's thread
/// waits. A store that fails is left alone for a while, and is used again by itself.
package final class StoreClient: Sendable {
    private let queue: StoreQueue

    /// `connect` is called on a thread that may wait; `remedy` is a sentence for the log, and `whenFailed` is called once
    /// for each command that fails.
    package init(
        _ configuration: StoreConfiguration,
        log: Log,
        remedy: @escaping @Sendable (StoreFailure) -> String,
        whenFailed: @escaping @Sendable () -> Void = {},
        connect: @escaping StoreConnecting
    ) {
        queue = StoreQueue(configuration, log: log, remedy: remedy, whenFailed: whenFailed, connect: connect)
    }

    deinit { queue.close() }

    package var health: StoreHealth { queue.health }

    /// Throws where the command was refused, too.
    package func reply(to command: StoreCommand) async throws(StoreFailure) -> StoreReply {
        let outcome = await withCheckedContinuation { queue.enqueue(command, $0) }
        return try outcome.get()
    }

    /// The health after a look at the store, unless it was spoken with within the last second.
    package func examined() async -> StoreHealth {
        if queue.isDue { _ = try? await reply(to: StoreCommand("PING")) }
        return queue.health
    }

    /// Has the store looked at, and waits for nothing.
    package func examine() {
        if queue.isDue { queue.enqueue(StoreCommand("PING"), nil) }
    }
}
