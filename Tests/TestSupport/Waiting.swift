/// Lets other tasks run until something holds; throws where the time of the test is over before that.
package func wait(until isReached: () -> Bool) async throws {
    while !isReached() {
        try Task.checkCancellation()
        await Task.yield()
    }
}
