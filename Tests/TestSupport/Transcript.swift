import JSON

/// A dialogue on paper: `-->` lines are written to the server, `<--` lines must come back, byte for byte and in order.
///
/// `#` begins a comment. What is in flight is answered before the next `-->`, so that the order is never a matter of
/// luck; only what ends in a question or a notice of the server is left in flight.
package struct Transcript {
    package enum Line: Equatable {
        case toServer(String)
        case fromServer(String)
    }

    package let lines: [Line]

    package init(_ text: String) {
        lines = text.split(separator: "\n").compactMap { line in
            if line.hasPrefix("--> ") { return .toServer(String(line.dropFirst(4))) }
            if line.hasPrefix("<-- ") { return .fromServer(String(line.dropFirst(4))) }
            return nil
        }
    }

    /// The same dialogue with what the server really says.
    package func played(by session: TestSession) async -> [Line] {
        var heard: [Line] = []
        var sealed = SealedTexts()
        for (index, line) in lines.enumerated() {
            guard case .toServer(let text) = line else { continue }
            heard.append(line)
            session.write(sealed.filled(text))
            let awaited = unanswered(after: index)
            if awaited == 0 { await session.idle() }
            var count = 0
            while count < awaited || !session.unread.isEmpty {
                heard.append(.fromServer(sealed.named(await session.read())))
                count += 1
            }
        }
        return heard
    }

    /// How many lines come from the server before it waits for the client; none if it goes on to an answer.
    private func unanswered(after index: Int) -> Int {
        let replies = lines[(index + 1)...].prefix { if case .fromServer = $0 { true } else { false } }
        guard case .fromServer(let last)? = replies.last, (try? JSON(parsing: last))?["method"] != nil else { return 0 }
        return replies.count
    }

    package static func text(_ lines: [Line]) -> String {
        lines.map { line in
            switch line {
            case .toServer(let text): "--> \(text)\n"
            case .fromServer(let text): "<-- \(text)\n"
            }
        }.joined()
    }
}

/// What the server seals is different each time, so paper holds a name for it: `<nextCursor 1>`.
private struct SealedTexts {
    private var byName: [String: String] = [:]

    /// A line of the server, with names for what it sealed.
    mutating func named(_ line: String) -> String {
        var named = line
        for match in line.matches(of: /"(nextCursor|requestState)":"([^"]+)"/).reversed() {
            let name = byName.first { $0.value == match.output.2 }?.key ?? "<\(match.output.1) \(byName.count + 1)>"
            byName[name] = String(match.output.2)
            named.replaceSubrange(match.output.2.startIndex..<match.output.2.endIndex, with: name)
        }
        return named
    }

    /// A line to the server, with what the names stand for.
    func filled(_ line: String) -> String {
        byName.reduce(line) { line, pair in line.replacing(pair.key, with: pair.value) }
    }
}
