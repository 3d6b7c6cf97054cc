import HTTP
package import JSON
import Logging
import Text

// What another server repeats of the secrets it got is redacted before anything of it is cut off, escaped or encoded
// again, since it would not be recognised after that.

extension JSON {
    /// Nearly always nothing is, and then nothing is copied.
    ///
    /// The words of a failure may have been escaped by anyone, letters and digits too; data are not.
    func redacted(by finder: SecretFinder) -> JSON { redacted(by: finder, isFailure: Refusal(self) != nil) }

    /// The same of what was read from these bytes: where they have no escape, one pass over them shows that no text can
    /// hold a secret.
    func redacted(by finder: SecretFinder, asWritten bytes: [UInt8]) -> JSON {
        let isFailure = Refusal(self) != nil
        let showsTexts = !isFailure && !bytes.holds(UInt8(ascii: "\\"))
        return showsTexts && !finder.mayHold(bytes) ? self : redacted(by: finder, isFailure: isFailure)
    }

    private func redacted(by finder: SecretFinder, isFailure: Bool) -> JSON {
        replacingTexts { finder.redacted($0, readingEscapes: isFailure) } ?? self
    }
}

extension OvalEdgeAPI {
    /// Whether a secret of this process is in `json`, however it is written: a person could not be shown all of it.
    package func holdsSecret(_ json: JSON) -> Bool {
        let finder = redactor.finder
        return json.replacingTexts { finder.redacted($0, readingEscapes: true) } != nil
    }
}

extension HTTPResponse {
    func fieldsRedacted(by finder: SecretFinder) -> HTTPResponse {
        guard fields.all.contains(where: { finder.redacted($0.value) != nil }) else { return self }
        var response = self
        response.fields = HTTPFields()
        for field in fields.all { response.fields.append(field.name, finder.redacted(field.value) ?? field.value) }
        return response
    }
}
