import HTTP
package import JSON
import Logging

// What another server repeats of the secrets it got is redacted before anything of it is cut off, escaped or encoded
// again, since it would not be recognised after that.

extension JSON {
    /// Nearly always nothing is, and then nothing is copied.
    ///
    /// The words of a failure may have been escaped by anyone, letters and digits too; data are not.
    func redacted(by finder: SecretFinder) -> JSON {
        let isFailure = Refusal(self) != nil
        return replacingTexts { finder.redacted($0, readingEscapes: isFailure) } ?? self
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
