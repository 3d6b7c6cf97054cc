import Testing

@testable import Logging

@Suite struct `The last lines of a log` {
    private let recent = RecentLines(most: 3)

    @Test func `are those of warning and above, newest first, without secrets`() {
        let redactor = Redactor()
        redactor.add(Secret("correct-horse-battery"))
        let log = Log(.info, redactor: redactor, format: .json, keeping: recent, now: { 1_800_000_000 }) { _ in }
        log.info("begun")
        log.warning("first")
        for number in 1...3 { log.with(("account", "a1")).error("failed", ("with", "correct-horse-battery \(number)")) }
        #expect(
            recent.all.map { $0.text } == [3, 2, 1].map { #"error: failed account=a1 with="•••• \#($0)""# }
        )
        #expect(recent.all.allSatisfy { $0.time == 1_800_000_000 && $0.level == .error })
    }

    @Test func `are no more than the log has`() {
        let log = Log(.error, keeping: recent) { _ in }
        log.warning("not written")
        #expect(recent.all.isEmpty)
    }
}
