import Clock
import Crypto
import Synchronization
import Text
import Threads

/// Calls that wait for a person's answer, by the token with which that comes.
final class ParkedRuns: Sendable {
    struct Place: Sendable {
        let run: ToolRun
        let identity: String
        let tool: String
        let session: String?
    }

    static let patience = Duration.seconds(120)
    private static let most = 1000
    private let places = Mutex<[String: Place]>([:])
    private let patience: Duration

    init(patience: Duration = ParkedRuns.patience) { self.patience = patience }

    var count: Int { places.withLock { $0.count } }

    /// Nil where too many wait, or there are no random numbers.
    func park(_ place: Place) -> String? {
        guard let token = try? Crypto.randomBytes(16).hexadecimal else { return nil }
        let isKept = places.withLock { places in
            guard places.count < Self.most else { return false }
            places[token] = place
            return true
        }
        guard isKept else { return nil }
        Task(executorPreference: WorkerPool.shared) { [weak self, patience] in
            try? await SystemClock.sleep(for: patience)
            self?.places.withLock { $0.removeValue(forKey: token) }?.run.cancel()
        }
        return token
    }

    /// Takes out the one with this token, or else the one that waits in this session; only that of the same identity and tool.
    ///
    /// With more answers than it has questions it stays where it is.
    func claim(
        _ token: String?,
        session: String?,
        identity: String,
        tool: String,
        answers: Int = 1
    ) throws(RESTError) -> ToolRun? {
        let (run, questions) = places.withLock { places -> (ToolRun?, Int) in
            let fitting = places.filter { $0.value.identity == identity && $0.value.tool == tool }
            let key =
                if let token {
                    fitting[token].map { _ in token }
                } else { session.flatMap { id in fitting.first { $0.value.session == id }?.key } }
            guard let key, let run = fitting[key]?.run else { return (nil, answers) }
            let questions = run.questionCount
            if answers <= questions { places[key] = nil }
            return (run, questions)
        }
        guard answers <= questions else {
            throw .invalidRequest(
                "There are \(questions) questions and \(answers) answers. Send no more than one for each."
            )
        }
        return run
    }

    func cancelAll() {
        let all = places.withLock { places in
            defer { places = [:] }
            return places.values.map { $0.run }
        }
        for run in all { run.cancel() }
    }
}
