import JSON
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.ownThread) struct `The end of the program` {
    /// What is done at once; on a busy machine it may take a while all the same.
    private static let soon = 1.0

    /// Rows: G006.
    @Test func `comes at once when the input ends and nothing is to do`() throws {
        let client = try Conversation(["--sandbox"])
        let (seconds, code) = timed {
            client.program.closeInput()
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < Self.soon)
    }

    /// Rows: G007.
    @Test func `waits for the answer to what was received before the input ended`() throws {
        let client = try Conversation(with: ServedSandbox(fault: "slow=2s"))
        client.call(1)
        client.program.closeInput()
        let answers = try client.rest()
        #expect(answers.map { $0["id"] } == [1])
        #expect(answers.allSatisfy { $0.isSuccess })
        #expect(client.program.wait() == 0)
    }

    @Test func `does not wait longer than five seconds for an answer`() throws {
        let client = try Conversation(with: ServedSandbox(fault: "slow=60s"))
        client.call(1)
        let (seconds, code) = timed {
            client.program.closeInput()
            return client.program.wait()
        }
        #expect(code == 0)
        #expect((4.5..<6.5).contains(seconds))
        #expect(try client.rest().isEmpty)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `comes at once with a signal when nothing is to do`(signal: Int32) throws {
        let client = try Conversation(with: ServedSandbox())
        client.call(1)
        #expect(try client.answer().isSuccess)
        let (seconds, code) = timed {
            client.program.signal(signal)
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < Self.soon)
    }

    /// Rows: G009.
    @Test(arguments: [SIGTERM, SIGINT])
    func `comes within two seconds of a signal while a call waits`(signal: Int32) throws {
        let requests = Report<Void>()
        let backEnd = try OwnBackEnd { _, connection in
            requests.add(())
            connection.waitForEnd()
        }
        let client = try Conversation(with: backEnd)
        client.call(1)
        #expect(requests.reaches(1))
        let (seconds, code) = timed {
            client.program.signal(signal)
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < 2 + Self.soon)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `comes within two seconds of a signal while no one reads`(signal: Int32) throws {
        let client = try Conversation(["--sandbox"])
        client.fillOutput()
        let (seconds, code) = timed {
            client.program.signal(signal)
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < 2 + Self.soon)
    }

    @Test func `comes within five seconds of the end of input while no one reads`() throws {
        let client = try Conversation(["--sandbox"])
        client.fillOutput()
        let (seconds, code) = timed {
            client.program.closeInput()
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < 5 + Self.soon)
    }

    @Test func `needs no second signal while it waits for an answer`() throws {
        let client = try Conversation(with: ServedSandbox(fault: "slow=60s"))
        client.call(1)
        #expect(try client.everything().isEmpty)
        client.program.closeInput()
        #expect(client.program.wait(seconds: 0.5) == nil)
        let (seconds, code) = timed {
            client.program.signal(SIGTERM)
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < Self.soon)
    }

    /// Rows: G008.
    @Test(arguments: [false, true])
    func `comes at once when no one can read any more`(whileCallsRun: Bool) throws {
        let client = try Conversation(with: ServedSandbox(fault: "slow=60s*"))
        if whileCallsRun {
            for id in 1...40 { client.call(id) }
            #expect(try client.everything().isEmpty)
        }
        let (seconds, code) = timed {
            client.program.closeOutput()
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < Self.soon)
    }

    @Test func `comes at once when no one can read the answers that it waits for`() throws {
        let client = try Conversation(with: ServedSandbox(fault: "slow=60s"))
        client.call(1)
        #expect(try client.everything().isEmpty)
        client.program.closeInput()
        #expect(client.program.wait(seconds: 0.5) == nil)
        let (seconds, code) = timed {
            client.program.closeOutput()
            return client.program.wait()
        }
        #expect(code == 0)
        #expect(seconds < Self.soon)
    }
}

extension Conversation {
    /// Asks for more than the pipe holds, and reads none of it.
    func fillOutput() {
        for id in 1...50 { send(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/list"}"#) }
        // What was asked is worked on by the time that something asked later has been done.
        usleep(300_000)
    }
}
