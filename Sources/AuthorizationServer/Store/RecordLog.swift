package import Crypto
import JSON
import Text

/// The text of a file to which changes of records are added: a line for those that reached the disk together.
///
/// A line is a checksum and a JSON object with its number, so that none can be missing, moved or altered unnoticed.
/// What has no line end is what a process wrote last before it was killed, which was not answered yet.
package struct RecordLog {
    package enum Entry: Hashable {
        case put(name: String, value: [UInt8], end: Double, lists: [String])
        case drop(name: String)
    }

    /// Why a file is not such a log, or none any more.
    package enum Fault: Error, Hashable {
        case damaged(line: Int)
        case unknownFormat
        case noCryptography(String)
    }

    static let format = 1
    private static let checksumLength = 16

    /// How many lines there are; the first has the format.
    private(set) var lines = 0

    package init() {}

    /// The line that begins a file.
    package mutating func header() throws(CryptoUnavailable) -> [UInt8] {
        lines = 0
        return try line(.members(("format", .int(Self.format))))
    }

    /// The next line.
    package mutating func line(_ entries: [Entry]) throws(CryptoUnavailable) -> [UInt8] {
        try line(.members(("line", .int(lines)), ("changes", .array(entries.map { $0.json }))))
    }

    private mutating func line(_ json: JSON) throws(CryptoUnavailable) -> [UInt8] {
        let payload = json.bytes
        lines += 1
        return try Self.checksum(of: payload) + [UInt8(ascii: " ")] + payload + [UInt8(ascii: "\n")]
    }

    private static func checksum(of payload: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        Array(try Crypto.digest(payload).prefix(checksumLength / 2).hexadecimal.utf8)
    }

    /// Reads a file from its beginning; `isWhole` is false where its last line was not written to the end.
    package mutating func read(_ bytes: [UInt8], _ apply: (Entry) -> Void) throws(Fault) -> Bool {
        lines = 0
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let json = try Self.payload(of: rest[..<end], number: lines + 1)
            if lines == 0 {
                guard json["format"]?.int == Self.format else { throw .unknownFormat }
            } else {
                guard json["line"]?.int == lines, let changes = json["changes"]?.array else {
                    throw .damaged(line: lines + 1)
                }
                for change in changes {
                    guard let entry = Entry(change) else { throw .damaged(line: lines + 1) }
                    apply(entry)
                }
            }
            lines += 1
            rest = rest[(end + 1)...]
        }
        return rest.isEmpty
    }

    private static func payload(of line: ArraySlice<UInt8>, number: Int) throws(Fault) -> JSON {
        let payload = Array(line.dropFirst(checksumLength + 1))
        let checksum: [UInt8]
        do throws(CryptoUnavailable) {
            checksum = try Self.checksum(of: payload) + [UInt8(ascii: " ")]
        } catch {
            throw .noCryptography(error.description)
        }
        guard line.starts(with: checksum), let json = try? JSON(parsing: payload) else { throw .damaged(line: number) }
        return json
    }
}

extension RecordLog.Entry {
    init(_ name: String, _ row: RecordTable.Row?) {
        if let row {
            self = .put(name: name, value: row.value, end: row.end, lists: row.lists)
        } else {
            self = .drop(name: name)
        }
    }

    var name: String {
        switch self {
        case .put(let name, _, _, _), .drop(let name): name
        }
    }

    /// What it leaves there.
    var row: RecordTable.Row? {
        guard case .put(_, let value, let end, let lists) = self else { return nil }
        return RecordTable.Row(value: value, end: end, lists: lists, isVolatile: false)
    }

    fileprivate init?(_ json: JSON) {
        guard let name = json["name"]?.string else { return nil }
        guard let value = json["value"] else {
            self = .drop(name: name)
            return
        }
        guard let value = value.string, let end = json["end"]?.double, let lists = json["lists"]?.array else {
            return nil
        }
        self = .put(name: name, value: Array(value.utf8), end: end, lists: lists.compactMap { $0.string })
    }

    fileprivate var json: JSON {
        switch self {
        case .put(let name, let value, let end, let lists):
            .members(
                ("name", .string(name)),
                ("value", .string(String(decoding: value, as: UTF8.self))),
                ("end", .double(end)),
                ("lists", .strings(lists))
            )
        case .drop(let name): ["name": .string(name)]
        }
    }
}
