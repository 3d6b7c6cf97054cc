import HTTP

/// One connection at a time, made when there is something to send and again when it was lost; belongs to one thread.
final class StoreSession {
    private struct Link {
        let connection: any StoreConnection
        let reader: ReplyReader
    }

    private let configuration: StoreConfiguration
    private let connect: StoreConnecting
    private var link: Link?

    init(_ configuration: StoreConfiguration, _ connect: @escaping StoreConnecting) {
        self.configuration = configuration
        self.connect = connect
    }

    /// Sends all commands together, and hands on each reply when it is there.
    ///
    /// Throws where the others have none; whether those were carried out is not known.
    func exchange(_ commands: [StoreCommand], _ reply: (Int, StoreReply) -> Void) throws(StoreFailure) {
        let link = try opened()
        do throws(StoreFailure) {
            try exchange(commands, on: link) { index, answer in
                if case .error(let text) = answer, StoreFailure(error: text).endsConnection { self.link = nil }
                reply(index, answer)
            }
        } catch {
            self.link = nil
            throw error
        }
    }

    private func opened() throws(StoreFailure) -> Link {
        // One that the store has closed meanwhile, as when it was started again, is not worth a failure.
        if let link, link.connection.isQuiet { return link }
        link = nil
        let reader = try ReplyReader()
        let made: Link
        do throws(HTTPFailure) {
            made = Link(connection: try connect(), reader: reader)
        } catch {
            throw .notReached(error)
        }
        var refusal: StoreFailure?
        try exchange(configuration.greeting, on: made) { _, answer in
            if case .error(let text) = answer { refusal = refusal ?? StoreFailure(error: text).ofGreeting }
        }
        if let refusal { throw refusal }
        link = made
        return made
    }

    private func exchange(
        _ commands: [StoreCommand],
        on link: Link,
        _ reply: (Int, StoreReply) -> Void
    ) throws(StoreFailure) {
        let end = ContinuousClock.now + configuration.patience
        var bytes: [UInt8] = []
        for command in commands { bytes += try command.bytes() }
        var next = 0
        do throws(HTTPFailure) {
            try link.connection.send(bytes, until: end)
        } catch {
            throw .notReached(error)
        }
        while next < commands.count {
            if let answer = try link.reader.next() {
                reply(next, answer)
                next += 1
                continue
            }
            let more: [UInt8]
            do throws(HTTPFailure) {
                more = try link.connection.receive(until: end)
            } catch {
                throw .notReached(error)
            }
            try link.reader.feed(more)
        }
    }
}

extension StoreFailure {
    /// A refused greeting is one of user, password or database, whatever its code.
    fileprivate var ofGreeting: StoreFailure {
        switch self {
        case .refused(let words), .notPermitted(let words): .notSignedIn(words)
        default: self
        }
    }
}
