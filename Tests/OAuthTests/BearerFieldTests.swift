import Logging
import OAuth
import Testing

@Suite struct `The access token of a request` {
    @Test(arguments: ["Bearer abc.DEF-1_~+/==", "bearer abc.DEF-1_~+/==", "BEARER   abc.DEF-1_~+/=="])
    func `comes after the name of its scheme, in any case`(value: String) {
        #expect(BearerField([value]) == .token(Secret("abc.DEF-1_~+/==")))
    }

    @Test(arguments: [[], ["Basic dXNlcjpwYXNz"], ["Digest x"], [""], ["Bearertoken"]])
    func `is not there without such a field, or in another scheme`(values: [String]) {
        #expect(BearerField(values) == .absent)
    }

    @Test(
        arguments: [
            ["Bearer"], ["Bearer "], ["Bearer ="], ["Bearer a b"], ["Bearer a,b"], ["Bearer a=b"], ["Bearer \"a\""],
            ["Bearer ä"], ["Bearer a", "Bearer a"], ["Basic a", "Bearer a"], ["Bearer a, Bearer b"],
        ]
    )
    func `is not guessed at`(values: [String]) { #expect(BearerField(values) == .malformed) }
}
