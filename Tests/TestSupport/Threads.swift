import Threads

/// Runs `work` on a new thread, because it blocks.
package func onThread(_ work: @escaping @Sendable () -> Void) {
    let isStarted = Threads.start(work)
    precondition(isStarted, "The system has no thread left.")
}
