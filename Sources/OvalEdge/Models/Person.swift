package import JSON
import Text

/// Who holds a role: what people call them, and the user name, which alone says who it is.
package struct Person: Hashable, Sendable {
    package let name: String
    /// Nil where the reply has none; two people may have the same name.
    package let userName: String?

    /// Nil where no one holds the role, which some releases write as `N/A`.
    init?(_ role: String, in json: JSON) {
        guard let value = json[role], let person = Person(value) else { return nil }
        let userName = json.hasMore(than: role) ? Self.userNames.firstNonNil { json["\(role)\($0)"]?.person } : nil
        self.init(person.name, userName: userName ?? person.userName)
    }

    private init?(_ json: JSON) {
        switch json {
        case .object:
            let userName = Self.members.firstNonNil { json[$0]?.person }
            let name = Self.names.firstNonNil { json[$0]?.person }
            guard let called = name ?? userName else { return nil }
            self.init(called, userName: userName)
        case .array(let items):
            let people = items.compactMap { Person($0) }
            guard let first = people.first else { return nil }
            self = people.count == 1 ? first : Person(people.map { $0.text }.joined(separator: ", "), userName: nil)
        default:
            guard let text = json.person else { return nil }
            self.init(written: text)
        }
    }

    /// `ann`, `Ann Smith`, `Ann Smith (asmith)`: a user name has no blanks.
    private init(written text: String) {
        guard text.contains(" ") else {
            self.init(text, userName: text)
            return
        }
        guard text.last == ")", let open = text.lastIndex(of: "(") else {
            self.init(text, userName: nil)
            return
        }
        let (name, inside) = (text[..<open].trimmed, text[text.index(after: open)...].dropLast().trimmed)
        if name.isEmpty || inside.isEmpty || inside.contains(" ") {
            self.init(text, userName: nil)
        } else {
            self.init(name, userName: inside)
        }
    }

    private init(_ name: String, userName: String?) {
        self.name = name
        self.userName = userName
    }

    /// `Ann Smith (asmith)`, or what is known of it.
    package var text: String { userName.map { $0 == name ? $0 : "\(name) (\($0))" } ?? name }

    private static let members = ["userName", "username", "loginName", "login", "userId"]
    private static let names = ["displayName", "fullName", "name", "objectName", "label"]
    private static let userNames = ["UserName", "Username", "LoginName", "Login", "UserId"]
}

extension JSON {
    /// Whether a member's name begins with that of another, as `stewardLogin` does with `steward`.
    fileprivate func hasMore(than name: String) -> Bool {
        guard case .object(let object) = self else { return false }
        return object.members.contains { $0.name.utf8.count > name.utf8.count && $0.name.hasPrefix(name) }
    }

    /// A text that names someone.
    fileprivate var person: String? { isNothing ? nil : string?.trimmed }

    /// Whether a value stands for none: null, a blank text, `N/A`, `-`.
    package var isNothing: Bool {
        switch self {
        case .null: true
        case .string(let text): Self.mayBeNothing(text) && Self.nothing.contains(text.trimmed.lowercased())
        case .array(let items): items.allSatisfy { $0.isNothing }
        case .object(let object): object.isEmpty
        case .bool, .number: false
        }
    }

    /// Most texts are longer, or begin with another letter.
    private static func mayBeNothing(_ text: String) -> Bool {
        guard text.utf8.count <= longestNothing, let first = text.utf8.first else { return text.isEmpty }
        return switch first | 0x20 {
        case UInt8(ascii: "n"), UInt8(ascii: "u"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"): false
        default: true
        }
    }

    private static let longestNothing = 40
    private static let nothing: Set = [
        "", "-", "--", "–", "—", "n/a", "none", "null", "nil", "unknown", "unassigned", "not assigned", "not given",
    ]
}
