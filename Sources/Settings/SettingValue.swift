package import Logging
import Text

/// A type that a setting can have.
package protocol SettingValue: Sendable {
    /// What the text must be, as the end of "must be …".
    static var expectation: String { get }

    /// Nil when `text`, which is trimmed and not empty, says no such value.
    init?(setting text: String)

    /// The value as it may be shown: a secret is hidden.
    var shown: String { get }

    /// Every text that is taken, where there are only a few.
    static var choices: [String]? { get }

    /// What a text that says no such value most likely means; nil where nothing is near enough.
    static func nearest(to text: String) -> String?

    /// What is wrong with a text that says no such value, as the end of "must …"; nil where `expectation` says enough.
    static func fault(in text: String) -> String?

    /// Whether a text that says no such value may be repeated to the person who wrote it.
    static var isRepeatable: Bool { get }

    /// Whether characters that cannot be seen may be meant, as they may in a name for people.
    static var takesInvisible: Bool { get }
}

extension SettingValue {
    package static var choices: [String]? { nil }
    package static func nearest(to text: String) -> String? { nil }
    package static func fault(in text: String) -> String? { nil }
    package static var isRepeatable: Bool { true }
    package static var takesInvisible: Bool { false }
}

extension SettingValue where Self: CaseIterable & RawRepresentable, RawValue == String {
    package static var choices: [String]? { allCases.map { $0.rawValue } }
    package static var expectation: String { "one of " + (choices ?? []).joined(separator: ", ") }

    package static func nearest(to text: String) -> String? {
        Suggestion.nearest(to: text, among: allCases.map { $0.rawValue })
    }

    package init?(setting text: String) { self.init(rawValue: text.lowercased()) }

    package var shown: String { rawValue }
}

extension String: SettingValue {
    package static var expectation: String { "a text" }
    package static var takesInvisible: Bool { true }

    package init?(setting text: String) { self = text }

    package var shown: String { self }
}

extension Int: SettingValue {
    package static var expectation: String { "a whole number" }

    package init?(setting text: String) { self.init(text) }

    package var shown: String { "\(self)" }
}

extension Double: SettingValue {
    package static var expectation: String { "a number" }

    package init?(setting text: String) { self.init(text) }

    /// Whole numbers without a point.
    package var shown: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}

extension Bool: SettingValue {
    package static var expectation: String { "true or false" }

    package init?(setting text: String) {
        switch text.lowercased() {
        case "true", "1", "yes", "on": self = true
        case "false", "0", "no", "off": self = false
        default: return nil
        }
    }

    package var shown: String { "\(self)" }
}

extension Secret: SettingValue {
    package static var expectation: String { String.expectation }
    package static var isRepeatable: Bool { false }

    package init?(setting text: String) { self.init(text) }

    package var shown: String { description }
}

extension Log.Level: SettingValue {
    /// Takes the names other programs use as well, because `LOG_LEVEL` is often set for all of them.
    package init?(setting text: String) {
        switch text.lowercased() {
        case "trace": self = .debug
        case "notice": self = .info
        case "warn": self = .warning
        case "critical", "fatal": self = .error
        case let name: self.init(rawValue: name)
        }
    }
}

extension LogFormat: SettingValue {}
