import HTTP
import Testing

@testable import SharedStore

@Suite struct `The breaker before a store` {
    private let start = ContinuousClock.now

    /// What becomes of a breaker: it is asked (`?`), or a try succeeds (`+`) or fails (`-`) at a number of seconds.
    ///
    /// Says what it permitted, and after which failures nothing is sent any more.
    private func walk(_ steps: [(Character, Double)]) -> String {
        var breaker = Breaker()
        return String(
            steps.map { step, seconds in
                let now = start + .seconds(seconds)
                switch step {
                case "?": return breaker.permits(at: now) ? "y" : "n"
                case "-": return breaker.failed(at: now) ? "!" : "."
                default:
                    breaker.succeeded()
                    return "+"
                }
            }
        )
    }

    @Test func `lets everything through until three have failed in a row`() {
        #expect(walk([("?", 0), ("-", 0), ("-", 0), ("+", 0), ("-", 0), ("-", 0), ("?", 0)]) == "y..+..y")
        #expect(walk([("-", 0), ("-", 0), ("-", 0), ("?", 0)]) == "..!n")
    }

    @Test func `lets one try after five seconds, whose outcome decides`() {
        let open: [(Character, Double)] = [("-", 0), ("-", 0), ("-", 0), ("?", 4.9), ("?", 5), ("?", 5)]
        #expect(walk(open + [("+", 5), ("?", 5)]) == "..!nyn+y")
        #expect(walk(open + [("-", 6), ("?", 10), ("?", 11)]) == "..!nyn!ny")
    }

    @Test func `lets another try where the outcome of one is never known`() {
        #expect(walk([("-", 0), ("-", 0), ("-", 0), ("?", 5), ("?", 9), ("?", 10)]) == "..!yny")
    }

    @Test func `is not held open longer by those that were under way when it opened`() {
        #expect(walk([("-", 0), ("-", 0), ("-", 0), ("-", 4), ("?", 5)]) == "..!.y")
    }
}

@Suite struct `The health of a store` {
    @Test func `has news once when it goes, and once when it is back`() {
        var health = StoreHealth()
        let gone = StoreFailure.notReached(.connectionRefused(host: "a"))
        let news = (0..<3).map { _ in health.failed(gone, [1]) }
        #expect(news == [true, false, false] && !health.isAvailable)
        let rests = health.failed(.resting, [1])
        let back = (0..<2).map { _ in health.answered([2]) }
        #expect(!rests && back == [true, false] && health.isAvailable)
        #expect(health.errors == 4 && health.commands == 2)
    }

    @Test func `stays bad while one command is refused, whatever else is answered`() {
        var health = StoreHealth()
        let isNews = health.failed(.full, [1])
        let others = health.answered([2])
        #expect(isNews && !others && health.problem == .full)
        let same = health.answered([1])
        #expect(same && health.isAvailable)
    }

    @Test func `stays bad at a node of a cluster, whatever that answers`() {
        var health = StoreHealth()
        let isNews = health.failed(.elsewhere("MOVED 1 a:1"), [1])
        let isBack = health.answered([1])
        let isNewsAgain = health.failed(.elsewhere("MOVED 2 b:1"), [1])
        #expect(isNews && !isBack && !isNewsAgain && !health.isAvailable)
    }

    @Test func `has news when the reason is another`() {
        var health = StoreHealth()
        let news = [StoreFailure.full, .readOnly, .readOnly].map { health.failed($0, [1]) }
        #expect(news == [true, true, false])
    }
}

@Suite struct `An error of a store` {
    @Test(arguments: [
        ("OOM command not allowed when used memory > 'maxmemory'.", StoreFailure.full),
        ("READONLY You can't write against a read only replica.", .readOnly),
        ("ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed", .full),
        ("READONLY You can't write against a read only replica. script: f1, on @user_script:1.", .readOnly),
    ])
    func `is known by its code, in a script as well`(text: String, failure: StoreFailure) {
        #expect(StoreFailure(error: text) == failure)
    }

    @Test(arguments: [
        ("NOAUTH Authentication required.", 3), ("WRONGPASS invalid username-password pair or user is disabled.", 3),
        ("ERR AUTH <password> called without any password configured for the default user.", 3),
        ("NOPERM this user has no permissions to run the 'eval' command", 4),
        ("ERR The user executing the script can't run this command or subcommand script: f1", 4),
        ("LOADING Redis is loading the dataset in memory", 7), ("MOVED 3999 127.0.0.1:6381", 8),
        ("ERR unknown command 'EVAL', with args beginning with: 'return 1'", 9),
        ("ERR value said OOM to be funny", 10),
    ])
    func `is one of a few kinds`(text: String, kind: Int) {
        #expect(StoreFailure(error: text).kind == kind)
    }

    @Test func `does not repeat what a command that is not known was given`() {
        let failure = StoreFailure(error: "ERR unknown command 'AUTH', with args beginning with: 'app' 'secret-71d0'")
        #expect(failure == .incapable("ERR unknown command 'AUTH'"))
    }

    @Test func `does not say to everyone where the store is, or in which words it refuses`() {
        let failures: [StoreFailure] = [
            .notReached(.connectionRefused(host: "inner.example")), .notSignedIn("inner.example"),
            .notPermitted("inner.example"), .busy("inner.example"), .elsewhere("inner.example"),
            .incapable("inner.example"), .refused("inner.example"), .notUnderstood("inner.example"),
            .noLibrary("inner.example"),
        ]
        for failure in failures {
            #expect(failure.description.contains("inner.example") && !failure.summary.contains("inner.example"))
        }
    }
}
