import Synchronization
import Text

/// What a terminal on standard error shows while someone waits, until something else is written.
///
/// It leaves the cursor at its beginning, so that what another thread writes at the same moment takes its place.
package enum StatusLine {
    private static let isShown = Atomic(false)
    private static let isHeld = Atomic(false)

    /// Only for a terminal; the text has to fit into one line of it.
    package static func show(_ text: String) {
        guard !isHeld.load(ordering: .relaxed) else { return }
        isShown.store(true, ordering: .relaxed)
        Stream.put("\r\u{1B}[K\(VisibleText.line(text))\r")
    }

    package static func clear() {
        if isShown.exchange(false, ordering: .relaxed) { Stream.put("\r\u{1B}[K") }
    }

    /// Shows nothing while a person is asked something.
    package static func hold() {
        isHeld.store(true, ordering: .relaxed)
        clear()
    }

    package static func release() { isHeld.store(false, ordering: .relaxed) }
}
