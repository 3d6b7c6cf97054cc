package import Testing

/// Compares a text with the file that holds what it was; `RECORD=1` writes the file, and a missing one is a failure.
///
/// `name` is relative to the folder `Snapshots` beside the test, or above it by `levels`.
package func expectSnapshot(
    _ name: String,
    of text: String,
    levels: Int = 1,
    file: StaticString = #filePath,
    at location: SourceLocation = #_sourceLocation
) throws {
    let up = String(repeating: "../", count: levels)
    let snapshot = SourceFile(file, "\(up)Snapshots/\(name)")
    let text = text.hasSuffix("\n") ? text : text + "\n"
    if snapshot.isRecording { return try snapshot.replace(with: text) }
    let expected = try snapshot.text()
    guard text != expected else { return }
    Issue.record(
        "\(name) has changed; run with RECORD=1 if that is right.\n\(firstDifference(text, expected))",
        sourceLocation: location
    )
}

/// The first line in which two texts differ, as each has it.
private func firstDifference(_ text: String, _ expected: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let others = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for index in 0..<max(lines.count, others.count) {
        let now = index < lines.count ? lines[index] : "(no more)"
        let before = index < others.count ? others[index] : "(no more)"
        if now != before { return "line \(index + 1)\nnow:    \(now)\nbefore: \(before)" }
    }
    return ""
}
