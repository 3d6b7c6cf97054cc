import JSON
import Testing

@testable import JSONRPC

@Suite struct `A question to the other side` {
    private let questions = OutgoingRequests()

    @Test func `can be given up before it is waited for, and is not sent then`() async throws {
        questions.open()
        let id = try questions.reserve()
        questions.giveUp(id, .notReady)
        let (answer, wasSent) = await questions.answer(to: id) { Issue.record("It was sent.") }
        #expect(answer == .failure(.notReady))
        #expect(!wasSent)
    }

    @Test func `can be given up while it waits until the other side is ready, and is not sent then`() async throws {
        let id = try questions.reserve()
        async let given = questions.answer(to: id) { Issue.record("It was sent.") }
        questions.giveUp(id, .timedOut)
        let (answer, wasSent) = await given
        #expect(answer == .failure(.timedOut))
        #expect(!wasSent)
        questions.open()
    }

    @Test func `is sent once the other side is ready`() async throws {
        let id = try questions.reserve()
        async let given = questions.answer(to: id) { [questions] in
            #expect(questions.settle(id, .success("late")))
        }
        questions.open()
        let (answer, wasSent) = await given
        #expect(answer == .success("late"))
        #expect(wasSent)
    }

    @Test func `takes no answer before it was asked, and one only`() async throws {
        questions.open()
        let id = try questions.reserve()
        #expect(!questions.settle(id, .success("early")))
        let (answer, wasSent) = await questions.answer(to: id) {
            #expect(questions.settle(id, .success("first")))
            #expect(!questions.settle(id, .success("second")))
        }
        #expect(answer == .success("first"))
        #expect(wasSent)
    }

    @Test func `fails where no one is left to answer`() async throws {
        let id = try questions.reserve()
        let held = try questions.reserve()
        async let given = questions.answer(to: held) { Issue.record("It was sent.") }
        questions.end()
        #expect(await questions.answer(to: id) {}.answer == .failure(.gone))
        #expect(await questions.answer(to: try questions.reserve()) {}.answer == .failure(.gone))
        #expect(await given.answer == .failure(.gone))
    }
}
