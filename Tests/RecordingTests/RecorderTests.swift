import Files
import JSON
import JSONRPC
import Logging
import Recording
import TestSupport
import Testing
import Threads

@Suite struct `A recorder` {
    private let folder = TemporaryDirectory()
    private let header = Recording.header(
        version: "1.0.0",
        options: ["--sandbox"],
        settings: ["B": "2", "A": "1"],
        at: "now"
    )

    private func file(_ name: String = "said.jsonl") throws -> NewFile { try NewFile("\(folder.path)/\(name)") }

    private func kept(_ name: String = "said.jsonl") throws -> [JSON] {
        let bytes = try #require(try ForeignFile.bytes(at: "\(folder.path)/\(name)"))
        return try bytes.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0)) }
    }

    @Test func `keeps both directions in order, and says in its first line what was recorded`() throws {
        let recorder = Recorder(to: try file(), header: header, redactor: Redactor()) { Issue.record("\($0)") }
        recorder.sees(
            incoming: .text(Array(#"{"id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#.utf8))
        )
        recorder.sees(outgoing: Array(#"{"id":1,"result":{}}"#.utf8))
        recorder.sees(incoming: .text(Array("{bad".utf8)))
        recorder.sees(incoming: .tooLong(start: Array("[".utf8), end: Array("]".utf8)))
        recorder.seesEnd("inputEnded")
        recorder.finish(seconds: 10)
        let lines = try kept()
        #expect(lines[0]["revision"] == "2025-06-18" && lines[0]["settings"]?.object?.names == ["A", "B"])
        #expect(lines[1]["message"]?["method"] == "initialize" && lines[1]["from"] == "client")
        #expect(lines[2]["message"]?["result"] == [:] && lines[2]["from"] == "server")
        #expect(lines[3]["text"] == "{bad" && lines[4]["tooLong"] == ["start": "[", "end": "]"])
        #expect(lines[5]["closed"] == "inputEnded" && lines[6]["end"] == "done" && lines.count == 7)
        let recording = try Recording(try #require(try ForeignFile.bytes(at: "\(folder.path)/said.jsonl")))
        #expect(recording.events.count == 5 && recording.end == "done" && recording.options == ["--sandbox"])
    }

    @Test(arguments: [
        #"{"a":"correct-horse-battery"}"#, #"{"a":"\u0063orrect\u002dhorse-battery"}"#, #"{"correct-horse-battery":1}"#,
        #"{"a":"{\"b\":\"correct\\u002dhorse-battery\"}"}"#, #"{"a":"Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"}"#,
        #"{"a":"correct%2Dhorse%2dbattery"}"#, #"{"a":"636f72726563742d686f7273652d62617474657279"}"#,
        "correct-horse-battery",
        #"no json \u0063orrect-horse-battery"#,
    ])
    func `redacts a secret in whatever form it is written`(line: String) throws {
        let redactor = Redactor()
        redactor.add(Secret("correct-horse-battery"))
        let recorder = Recorder(to: try file(), header: ["h": "correct-horse-battery"], redactor: redactor) { _ in }
        recorder.sees(incoming: .text(Array(line.utf8)))
        recorder.sees(outgoing: Array(line.utf8))
        recorder.finish(seconds: 10)
        let text = try kept().map { $0.text }.joined()
        #expect(redactor.redacted(text) == text)
        #expect(
            text.contains("••••") && !text.contains("horse") && !text.contains("Y29ycmVj") && !text.contains("636f7272")
        )
    }

    @Test func `ends at its limit with a last line, and says why`() throws {
        var limits = Recorder.Limits()
        limits.file = 2000
        let reasons = Monitor<[String]>([])
        let recorder = Recorder(to: try file(), header: header, redactor: Redactor(), limits: limits) { reason in
            reasons.withLock { $0.append(reason) }
        }
        for number in 0..<100 { recorder.sees(outgoing: Array(#"{"id":\#(number),"result":{}}"#.utf8)) }
        recorder.finish(seconds: 10)
        let lines = try kept()
        #expect(lines.last?["end"] == "the limit of 2000 bytes is reached")
        #expect(lines.count > 10 && lines.count < 100)
        #expect(try #require(try ForeignFile.bytes(at: "\(folder.path)/said.jsonl")).count <= 2000)
        #expect(reasons.withLock { $0 } == ["the limit of 2000 bytes is reached"])
    }

    @Test func `ends where more waits than may, without holding up who speaks`() throws {
        var limits = Recorder.Limits()
        limits.waiting = 10
        let recorder = Recorder(to: try file(), header: header, redactor: Redactor(), limits: limits) { _ in }
        recorder.sees(outgoing: Array(#"{"id":1,"result":"longer than ten bytes"}"#.utf8))
        recorder.finish(seconds: 10)
        #expect(try kept().last?["end"] == "the disk is too slow")
    }

    @Test func `writes nothing before all secrets are known, and then all without them`() throws {
        let (redactor, isKnown) = (Redactor(), Monitor(false))
        let recorder = Recorder(
            to: try file(),
            header: header,
            redactor: redactor,
            knowsSecrets: { isKnown.withLock { $0 } },
            failed: { Issue.record("\($0)") }
        )
        recorder.sees(incoming: .text(Array(#"{"id":1,"method":"x","params":{"a":"correct-horse-battery"}}"#.utf8)))
        #expect(try kept() == [])
        redactor.add(Secret("correct-horse-battery"))
        isKnown.withLock { $0 = true }
        recorder.sees(outgoing: Array(#"{"id":1,"result":"correct-horse-battery"}"#.utf8))
        recorder.finish(seconds: 10)
        let lines = try kept()
        #expect(lines.count == 4 && lines[3]["end"] == "done")
        #expect(!lines.contains { $0.text.contains("horse") } && lines[1]["message"]?["method"] == "x")
    }

    @Test func `drops what waits and says why where a secret was never looked up`() throws {
        let reasons = Monitor<[String]>([])
        var limits = Recorder.Limits()
        for (name, waiting) in [("end", 1 << 20), ("full", 60)] {
            limits.waiting = waiting
            let recorder = Recorder(
                to: try file(name),
                header: header,
                redactor: Redactor(),
                limits: limits,
                knowsSecrets: { false },
                failed: { reason in reasons.withLock { $0.append(reason) } }
            )
            for _ in 0..<2 { recorder.sees(incoming: .text(Array(#"{"id":1,"a":"correct-horse-battery"}"#.utf8))) }
            recorder.finish(seconds: 10)
            let lines = try kept(name)
            #expect(lines.count == 2 && lines[0]["recording"] == 1)
            #expect(lines[1]["end"]?.string?.contains("was not looked up") == true)
        }
        #expect(reasons.withLock { $0.count } == 2)
    }

    @Test func `refuses a file that is there`() throws {
        _ = try file()
        #expect(throws: FileError.self) { try file() }
    }

    @Test func `can be cut off at any byte, and is read to there or refused`() throws {
        let recorder = Recorder(to: try file(), header: header, redactor: Redactor()) { _ in }
        recorder.sees(incoming: .text(Array(#"{"id":1,"method":"ping"}"#.utf8)))
        recorder.sees(outgoing: Array(#"{"id":1,"result":{}}"#.utf8))
        recorder.finish(seconds: 10)
        let bytes = try #require(try ForeignFile.bytes(at: "\(folder.path)/said.jsonl"))
        var read = 0
        for count in bytes.indices {
            do throws(RecordingError) {
                #expect(try Recording(Array(bytes[..<count])).end == nil)
                read += 1
            } catch {
                #expect(error == .noRecording)
            }
        }
        #expect(read > 50 && read < bytes.count)
    }
}
