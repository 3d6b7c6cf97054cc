import AuthorizationServer
import JSON

extension FuzzTarget {
    /// Whatever stands in a store of sign-ins: a record that is read is written as it was, and of a file that was
    /// damaged nothing is believed but its beginning.
    ///
    /// The first byte says whether the rest is a record, a whole file, or what becomes of a file of three lines: bytes
    /// are added to its end, its end is cut off first, or bytes in it are changed.
    static let signInRecords = FuzzTarget("sign-in-records") { bytes in
        var dice = Dice(bytes)
        switch dice.byte() & 3 {
        case 0: try holdRecords(Array(dice.rest))
        case 1: _ = try? RecordLines(reading: Array(dice.rest))
        case 2:
            let cut = Int(dice.byte())
            try holdBeginning(of: Array(try RecordLines.genuine().bytes.dropLast(cut)) + Array(dice.rest))
        default:
            var changed = try RecordLines.genuine().bytes
            while !dice.rest.isEmpty {
                changed[(Int(dice.byte()) << 8 + Int(dice.byte())) % changed.count] = dice.byte()
            }
            try holdBeginning(of: changed)
        }
    }

    private static func holdRecords(_ bytes: [UInt8]) throws {
        try holdRoundTrip(GrantRecord(storedBytes: bytes))
        try holdRoundTrip(CodeRecord(storedBytes: bytes))
        try holdRoundTrip(AccessRecord(storedBytes: bytes))
        try holdRoundTrip(TransactionRecord(storedBytes: bytes))
    }

    private static func holdRoundTrip<Record: StoredRecord & Equatable>(_ record: Record?) throws {
        guard let record else { return }
        try hold(Record(storedBytes: record.json.bytes) == record, "A record is not read as it was written: \(record)")
    }

    private static func holdBeginning(of bytes: [UInt8]) throws {
        guard let log = try? RecordLines(reading: bytes) else { return }
        let genuine = try RecordLines.genuine().entries
        try hold(genuine.starts(with: log.entries), "What no one wrote is believed.")
    }
}

/// A file of changes, and the changes in it.
private struct RecordLines {
    let bytes: [UInt8]
    private(set) var entries: [RecordLog.Entry] = []

    init(reading bytes: [UInt8]) throws {
        self.bytes = bytes
        var (log, found): (RecordLog, [RecordLog.Entry]) = (RecordLog(), [])
        _ = try log.read(bytes) { found.append($0) }
        entries = found
    }

    static func genuine() throws -> RecordLines {
        var log = RecordLog()
        var bytes = try log.header()
        bytes += try log.line([.put(name: "grant:a", value: Array("{}".utf8), end: 1.5, lists: ["grants"])])
        bytes += try log.line([.drop(name: "grant:a"), .put(name: "code:b", value: [0x7B, 0x7D], end: 2, lists: [])])
        return try RecordLines(reading: bytes)
    }
}
