import HTTP
import HTTPServer
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `A server in a turmoil` {
    /// Does with a request what its path says.
    private static func serve(_ exchange: HTTPExchange) {
        switch exchange.head.path {
        case "/now": exchange.reply(ok("marker \(exchange.head.query ?? "")."))
        case "/later": Task { exchange.reply(ok("marker \(exchange.head.query ?? "").")) }
        case "/body":
            exchange.readBody(upTo: 1000) { body in
                Task { exchange.reply(ok("marker \(String(decoding: body, as: UTF8.self)).")) }
            }
        case "/stream":
            Task {
                let stream = exchange.stream(ok("marker "))
                exchange.whenGone { stream.end() }
                stream.write(Array("\(exchange.head.query ?? "").".utf8)) { stream.end() }
            }
        case "/gone": exchange.whenGone { exchange.reply(ok("")) }
        default: Task { exchange.readBody(upTo: 0) { _ in exchange.reply(ok("")) } }
        }
    }

    private static func request(_ number: Int) -> String {
        switch number % 6 {
        case 0: "GET /now?\(number) HTTP/1.1\r\nHost: x\r\n\r\n"
        case 1: "GET /later?\(number) HTTP/1.1\r\nHost: x\r\n\r\n"
        case 2:
            "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: \(String(number).utf8.count)\r\n\r\n\(number)"
        case 3: "GET /stream?\(number) HTTP/1.1\r\nHost: x\r\n\r\n"
        case 4: "GET /gone HTTP/1.1\r\nHost: x\r\n\r\n"
        default: "POST /much HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        }
    }

    /// Asks, and expects an answer with the number of the question.
    private static func ask(_ wire: Wire, _ number: Int) async {
        wire.write(request(number))
        let isStream = number % 6 == 3
        let text = await wire.read { text in
            let answer = text.split(separator: "marker").dropFirst().joined()
            return isStream ? answer.hasSuffix("0\r\n\r\n") : answer.hasSuffix(".")
        }
        let answer = text.split(separator: "marker").dropFirst().joined()
        // The number may be in the same chunk.
        #expect([" \(number).", "\r\n\(number)."].contains { answer.contains($0) }, "\(text)")
    }

    /// Of each client, every request but those that hang up is answered with its own number.
    @Test func `mixes up no answers, and keeps nothing of clients that leave at any moment`() async throws {
        let server = try HTTPServer.serving { Self.serve($0) }
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<16 {
                group.addTask {
                    for round in 0..<30 {
                        guard let wire = try? Wire(port: server.port) else {
                            Issue.record("It is full.")
                            return
                        }
                        for number in [0, 1, 2, 3, 0, 2].map({ (client * 100 + round) * 6 + $0 }) {
                            await Self.ask(wire, number)
                        }
                        wire.write(Self.request(round))
                        wire.hangUp()
                    }
                }
            }
        }
        try await wait { server.openConnections == 0 }
    }

    @Test func `can be stopped in the middle of it`() async throws {
        for _ in 0..<10 {
            let server = try HTTPServer.serving { Self.serve($0) }
            let wires = try (0..<60).map { _ in try Wire(port: server.port) }
            for (number, wire) in wires.enumerated() { wire.write(Self.request(number)) }
            server.stop()
            for wire in wires { _ = await wire.read() }
            #expect(server.openConnections == 0)
        }
    }
}
