import Clock
package import Files
import JSON
package import Logging
import Synchronization
import Threads

/// When clients last began to speak with servers of this user: a file for each name of a client and way to start the server.
package struct SeenClients: Sendable {
    package struct Sight: Hashable, Sendable {
        /// What the client calls itself.
        package let client: String
        /// Where the server has its settings from, as options say it.
        package let source: String
        /// In seconds since 1970.
        package let time: Double

        /// A client may call itself as it likes.
        private static let longestName = 64

        package init(client: String, source: String, time: Double) {
            self.client = String(String.UnicodeScalarView(client.unicodeScalars.prefix(Self.longestName)))
            (self.source, self.time) = (source, time)
        }
    }

    /// A client may call itself otherwise each time.
    private static let most = 50
    private let path: String

    package init(_ path: String) { self.path = path }

    /// The newest first; none where nothing can be read.
    package var all: [Sight] {
        guard let folder = try? PrivateDirectory(existing: path, others: .nothing) else { return [] }
        return (try? Self.sights(in: folder))?.map { $0.sight } ?? []
    }

    package func note(_ sight: Sight) throws(FileError) {
        let folder = try PrivateDirectory(path)
        // Where many processes start at once, what the last one notes is enough.
        guard let turn = try Self.turn(in: folder) else { return }
        defer { withExtendedLifetime(turn) {} }
        try folder.replace(sight.file, with: sight.json.bytes)
        guard try folder.names().count > Self.most else { return }
        for old in try Self.sights(in: folder).dropFirst(Self.most) { folder.remove(old.file) }
    }

    /// Nil where others have it for a second.
    private static func turn(in folder: PrivateDirectory) throws(FileError) -> FileLock? {
        for _ in 0..<50 {
            if let lock = try folder.lock("seen.lock") { return lock }
            Threads.pause(seconds: 0.02)
        }
        return nil
    }

    private static func sights(in folder: PrivateDirectory) throws(FileError) -> [(file: String, sight: Sight)] {
        try folder.names().compactMap { name in
            let bytes = folder.contents(of: name, limit: 1 << 12)
            return bytes.flatMap { try? JSON(parsing: $0) }.flatMap { Sight($0) }.map { (name, $0) }
        }
        .sorted { $0.sight.time > $1.sight.time }
    }
}

extension SeenClients.Sight {
    fileprivate init?(_ json: JSON) {
        guard json["schema"]?.int == 1, let client = json["client"]?.string, let source = json["source"]?.string,
            let time = json["time"]?.double
        else { return nil }
        self.init(client: client, source: source, time: time)
    }

    fileprivate var json: JSON {
        ["schema": 1, "client": .string(client), "source": .string(source), "time": .double(time)]
    }

    /// The same for the same client and source.
    fileprivate var file: String {
        // FNV-1a.
        let hash = "\(client)\n\(source)".utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return "c\(String(hash, radix: 16)).json"
    }
}

/// Notes in ``SeenClients``, once for a process, which client it serves.
package final class ClientSighting: Sendable {
    private let seen: SeenClients
    private let source: String
    private let log: Log
    private let isHeard = Atomic(false)
    /// The name that is to be noted; nil before one is heard, and once it is noted.
    private let client = Mutex<String?>(nil)

    /// Between what is heard and the note of it: the client has its first answers by then.
    private static let pause = 0.05

    package init(_ seen: SeenClients, source: String, log: Log) {
        (self.seen, self.source, self.log) = (seen, source, log)
    }

    /// A client has said its name; the first one counts.
    package func heard(_ name: String) {
        guard !isHeard.exchange(true, ordering: .relaxed) else { return }
        client.withLock { $0 = name }
        Threads.start {
            Threads.pause(seconds: Self.pause)
            self.finish()
        }
    }

    /// Writes what is not written yet.
    package func finish() {
        client.withLock { client in
            guard let name = client else { return }
            client = nil
            do throws(FileError) {
                try seen.note(SeenClients.Sight(client: name, source: source, time: SystemClock.secondsSince1970()))
            } catch {
                log.debug("the handshake is not noted", ("reason", error.description))
            }
        }
    }
}
