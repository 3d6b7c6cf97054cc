import Logging
package import Secrets

/// What is known of one setting: how it is described, and what was found for it.
package struct SettingEntry: Hashable, Sendable {
    package let name: String
    package let about: String
    /// What the value must be, as the end of "must be …".
    package internal(set) var expectation: String
    /// The values that are taken, as a sentence; nil where the sentence about the setting says enough.
    package internal(set) var rule: String?
    package internal(set) var defaultText: String?
    package internal(set) var example = ""
    package let isSecret: Bool
    /// Whether the program is of little use without it.
    package internal(set) var isNeeded = false
    /// The section of the settings it belongs to.
    package internal(set) var heading = ""
    package internal(set) var concerns = SettingConcern.all
    /// What was found, as it may be shown; nil when nothing usable was.
    package internal(set) var value: String?
    /// The value, to be compared and never shown.
    var written: Secret?
    package internal(set) var origin = SettingOrigin.default
    /// Where its secret is kept, if not in the setting itself.
    package internal(set) var reference: SecretReference?

    init<Value: SettingValue>(_ name: String, _ about: String, type: Value.Type) {
        self.name = name
        self.about = about
        expectation = Value.expectation
        rule = Value.choices.map { "One of \($0.joined(separator: ", "))." }
        isSecret = type == Secret.self
    }
}

/// Which program a setting is for.
package enum SettingConcern: Hashable, Sendable {
    case all
    /// Only one that listens.
    case listening
    /// Only one that listens, and it reads the setting again while it runs.
    case reload
    /// Only a bridge to another server.
    case bridge
}
