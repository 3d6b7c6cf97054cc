/// Any JSON value, with the order of members and the text of numbers kept as they came.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// A number as its JSON text, so that `1.0`, `1e400` and thirty digits come back as they came.
package struct JSONNumber: Hashable, Sendable {
    package let text: String

    package init(_ value: Int) { text = String(value) }

    /// Nil for infinities and NaN, which JSON cannot express.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value == value.rounded() && abs(value) < 0x1p53 ? String(Int64(value)) : "\(value)"
    }

    /// `text` must be a number by the grammar of RFC 8259 §6; the parser has checked that.
    init(checked text: String) { self.text = text }

    /// The whole number this text stands for; `2.0` and `2e3` count, `2.5` does not.
    package var int: Int? {
        if let exact = Int(text) { return exact }
        // Beyond 2^53 a Double may stand for a neighbour of the number that was written.
        guard let value = double, abs(value) < 0x1p53 else { return nil }
        return Int(exactly: value)
    }

    /// The nearest number that a Double can hold; nil for `1e400`, which is beyond all of them.
    package var double: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}

/// Members in the order they were written.
///
/// Where a name occurs twice the last one is found, as in every reader a peer is likely to use.
package struct JSONObject: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    package var members: [Member]

    package init(_ members: [Member] = []) { self.members = members }

    package subscript(_ name: String) -> JSON? {
        get { place(of: name).map { members[$0].value } }
        set {
            switch (place(of: name), newValue) {
            case (let place?, let value?): members[place].value = value
            case (nil, let value?): members.append(Member(name, value))
            case (_?, nil): members.removeAll { $0.name == name }
            case (nil, nil): break
            }
        }
    }

    /// Most names that differ have different lengths too, which is seen sooner.
    private func place(of name: String) -> Int? {
        let length = name.utf8.count
        return members.withUnsafeBufferPointer { members in
            members.indices.last { members[$0].name.utf8.count == length && members[$0].name == name }
        }
    }

    package var names: [String] { members.map { $0.name } }
    package var isEmpty: Bool { members.isEmpty }
}
