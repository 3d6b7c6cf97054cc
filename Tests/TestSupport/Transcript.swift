/// A dialogue on paper: `-->` lines are written to the server, `<--` lines must come back, byte for byte and in order.
///
/// `#` begins a comment. What is in flight is answered before the next `-->`, so that the order is never a matter of
/// luck.
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
        for case .toServer(let text) in lines {
            heard.append(.toServer(text))
            session.write(text)
            await session.idle()
            while !session.unread.isEmpty { heard.append(.fromServer(await session.read())) }
        }
        return heard
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
