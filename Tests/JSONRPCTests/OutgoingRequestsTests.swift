import JSON
import Synchronization
import Testing

@testable import JSONRPC

@Suite struct `A question to the other side` {
    private let questions = OutgoingRequests()

    @Test func `can be given up before it is waited for, and is not sent then`() async {
        questions.open()
        let id = questions.reserve()
        questions.giveUp(id, .notReady)
        let sent = Atomic(false)
        let answer = await questions.answer(to: id) { sent.store(true, ordering: .relaxed) }
        #expect(answer == .failure(.notReady))
        let wasSent = sent.load(ordering: .relaxed)
        #expect(!wasSent)
    }

    @Test func `takes no answer before it was asked, and one only`() async {
        questions.open()
        let id = questions.reserve()
        #expect(!questions.settle(id, .success("early")))
        let answer = await questions.answer(to: id) { [questions] in
            #expect(questions.settle(id, .success("first")))
            #expect(!questions.settle(id, .success("second")))
        }
        #expect(answer == .success("first"))
    }

    @Test func `fails where nobody is left to answer`() async {
        let id = questions.reserve()
        questions.end()
        #expect(await questions.answer(to: id) {} == .failure(.gone))
        #expect(await questions.answer(to: questions.reserve()) {} == .failure(.gone))
    }
}
