package import JSON
import JSONRPC

/// What was kept of a conversation, read again.
package struct Recording: Sendable {
    /// The form of the lines; another number is another form.
    package static let form = 1
    /// How a recording ends that lasted as long as its conversation.
    static let done = "done"

    /// What its first line says.
    package let header: JSON
    package let events: [RecordedEvent]
    /// Why it ended; nil where the last line is missing, as after a process was killed.
    package let end: String?

    /// Why it ended before its conversation did; nil where it did not, or where that is not known.
    package var interruption: String? { end == Self.done ? nil : end }
    package var version: String { header["version"]?.string ?? "unknown" }
    package var revision: String? { header["revision"]?.string }
    package var options: [String] { (header["options"]?.array ?? []).compactMap { $0.string } }
    package var settings: [String: String] {
        Dictionary(
            (header["settings"]?.object?.members ?? []).compactMap { member in
                member.value.string.map { (member.name, $0) }
            }
        ) { $1 }
    }

    package static func header(version: String, options: [String], settings: [String: String], at time: String) -> JSON
    {
        [
            "recording": .int(form), "program": "oe-mcp", "version": .string(version), "at": .string(time),
            "options": .strings(options),
            "settings": .object(
                JSONObject(settings.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
            ),
        ]
    }

    /// Of all bytes of a file.
    package init(_ bytes: [UInt8]) throws(RecordingError) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Nothing follows the last line end; where something does, the line was cut off.
        let rest = lines.popLast() ?? []
        guard let first = lines.first else { throw .noRecording }
        header = try Self.header(Self.json(first, 1))
        var events: [RecordedEvent] = []
        var end: String?
        for (number, line) in zip(2..., lines.dropFirst()) {
            guard end == nil else { throw .badLine(number, "comes after the end") }
            let json = try Self.json(line, number)
            if let reason = json["end"]?.string {
                end = reason
            } else if let event = RecordedEvent(json) {
                events.append(event)
            } else {
                throw .badLine(number, "is no line of a recording")
            }
        }
        if !rest.isEmpty && end != nil { throw .badLine(lines.count + 1, "comes after the end") }
        self.events = events
        self.end = end
    }

    private static func header(_ json: JSON) throws(RecordingError) -> JSON {
        guard let form = json["recording"]?.int, json["program"] == "oe-mcp" else { throw .noRecording }
        guard form == Self.form else { throw .otherForm(form, version: json["version"]?.string ?? "unknown") }
        return json
    }

    private static func json(_ line: ArraySlice<UInt8>, _ number: Int) throws(RecordingError) -> JSON {
        do {
            // Deeper than any message that is taken, with what surrounds it here.
            return try JSON(parsing: Array(line), within: JSON.Limits(depth: 600))
        } catch {
            if number == 1 { throw .noRecording }
            throw .badLine(number, "is not JSON: \(error.problem) at column \(error.column)")
        }
    }
}

/// A file cannot be read as a recording; a sentence.
package enum RecordingError: Error, Hashable, CustomStringConvertible {
    case noRecording
    case otherForm(Int, version: String)
    case badLine(Int, String)

    package var description: String {
        switch self {
        case .noRecording: "The file is no recording."
        case .otherForm(let form, let version):
            "The recording has form \(form), of version \(version), and this program reads form \(Recording.form)."
        case .badLine(let number, let problem): "Line \(number) of the recording \(problem)."
        }
    }
}
