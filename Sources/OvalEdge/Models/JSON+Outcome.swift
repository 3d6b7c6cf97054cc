package import JSON
import Text

// What a reply reports besides its content.
extension JSON {
    /// Whether a reply says nothing but that it is one: `{}`, `{"data": null}`, `{"ok": true, "data": {"details": null}}`.
    var holdsNothing: Bool {
        switch payload {
        case .null: true
        case .object(let object):
            object.members.allSatisfy { member in
                Self.wrapping.contains(member.name) || member.value.isNull || member.value.object?.isEmpty == true
            }
        case .array, .bool, .number, .string: false
        }
    }

    private static let wrapping: Set = [
        "ok", "success", "status", "message", "code", "data", "error", "errors", "timestamp", "requestId",
    ]

    /// Whether a reply reports explicitly that it succeeded.
    var saysSuccess: Bool {
        if self["ok"]?.flag == true || self["success"]?.flag == true { return true }
        let status = text("status")?.lowercased()
        return status == "success" || status == "ok" || status == "200"
    }

    /// Whether a reply that holds nothing says that there is nothing; where `null` stands for the data, that is not known.
    var saysEmpty: Bool { saysSuccess && self["data"]?.isNull != true }

    /// What OvalEdge adds to good data, such as "The index is being rebuilt", cut where long; nil where it only
    /// says that all went well.
    package var messageBesideData: String? {
        let data = self["data"]
        let errors = [self, data].compactMap { $0 }.first { $0.reportsErrors && !$0.isAsset }
        let message = text("message") ?? (data?.isAsset == false ? data?.text("message") : nil)
        guard let text = errors?.errorList ?? errors?.text("error") ?? message else { return nil }
        var words = text.prefix(Self.longestMessage).lowercased()
        while let last = words.last, ".! ".contains(last) { words.removeLast() }
        let isRoutine = ["ok", "success", "done", "completed"].contains(words) || words.hasSuffix("successfully")
        return isRoutine ? nil : text.utf8.count > Self.longestMessage ? "\(text.prefix(Self.longestMessage))…" : text
    }

    private static let longestMessage = 300

    private var isAsset: Bool { first(of: "objectId", "objectName") != nil }
}
