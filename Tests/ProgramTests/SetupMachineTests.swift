import Logging
import Testing

@testable import oe_mcp

@Suite struct `What setup asks and does next` {
    private typealias Step = SetupMachine.Step

    private static let address = "https://acme.example/ovaledge"

    private func machine(
        _ answers: SetupAnswers = SetupAnswers(),
        _ change: (inout SetupMachine.Surroundings) -> Void = { _ in }
    ) -> SetupMachine {
        var surroundings = SetupMachine.Surroundings()
        surroundings.clients = ["cursor", "gemini", "vscode"]
        surroundings.found = ["cursor", "gemini"]
        change(&surroundings)
        return SetupMachine(surroundings, answers)
    }

    /// As far as the account can sign in.
    private func signedIn(_ change: (inout SetupMachine.Surroundings) -> Void = { _ in }) -> SetupMachine {
        var setup = machine(change: change)
        setup.answered(.address, Self.address)
        setup.lookedAtAddress(.good)
        setup.answered(.userToken, "token")
        setup.answered(.userSecret, "secret")
        setup.triedSignIn(.good)
        return setup
    }

    private func machine(change: (inout SetupMachine.Surroundings) -> Void) -> SetupMachine {
        machine(SetupAnswers(), change)
    }

    @Test func `asks one thing after the other, and looks at each answer when it can`() {
        var setup = machine()
        #expect(setup.next == .ask(.address, because: nil))
        setup.answered(.address, " \(Self.address)/ ")
        #expect(setup.answers.address == Self.address)
        #expect(setup.next == .findAddress)
        setup.lookedAtAddress(.good)
        #expect(setup.next == .ask(.userToken, because: nil))
        setup.answered(.userToken, "token")
        #expect(setup.next == .ask(.userSecret, because: nil))
        setup.answered(.userSecret, "secret ")
        #expect(setup.answers.userSecret == .value(Secret("secret")))
        #expect(setup.next == .signIn)
        setup.triedSignIn(.good)
        #expect(setup.next == .ask(.place, because: nil))
        setup.answered(.place, "2")
        #expect(setup.answers.place == .file)
        #expect(setup.next == .ask(.clients, because: nil))
        setup.answered(.clients, "gemini")
        #expect(setup.next == .show)
        setup.showed()
        #expect(setup.next == .ask(.agreement, because: nil))
        setup.answered(.agreement, "")
        #expect(setup.next == .carryOut)
    }

    @Test(arguments: [
        ("", "needed"), ("acme example", "blank"), ("ftp://acme.example", "https://"),
        ("https://a:b@acme.example", "password"), ("https://acme.example/?x", "?"),
    ])
    func `says why an address cannot be one, and asks again`(typed: String, named: String) throws {
        var setup = machine()
        setup.answered(.address, typed)
        guard case .ask(.address, let because) = setup.next else { return #expect(Bool(false)) }
        #expect(try #require(because).contains(named))
        setup.answered(.address, "acme.example/ovaledge")
        #expect(setup.answers.address == Self.address)
        #expect(setup.next == .findAddress)
    }

    @Test(arguments: ["#nav/home", "/#nav/home", "/#/?x=1#y"]) func `cuts what a browser shows behind an address`(
        end: String
    ) {
        var setup = machine()
        setup.answered(.address, Self.address + end)
        #expect(setup.answers.address == Self.address)
    }

    @Test(
        arguments: [
            ("https://acme.example", "https://acme.example/ovaledge"),
            ("http://[::1]:8080/a/b", "http://[::1]:8080/ovaledge"),
            ("https://acme.example/ovaledge", nil),
        ] as [(String, String?)]
    )
    func `offers the usual context path where another has no sign-in`(typed: String, offered: String?) {
        #expect(SetupAnswers.usual(of: typed) == offered)
        var setup = machine()
        setup.answered(.address, typed)
        setup.lookedAtAddress(.noSignIn(try: SetupAnswers.usual(of: typed)))
        #expect(setup.next == .ask(.address, because: nil))
        #expect(setup.usualAddress == offered)
    }

    @Test func `asks for no agreement where nothing would be written`() {
        var setup = machine {
            $0.isSandbox = true
            $0.found = []
        }
        #expect(setup.next == .show)
        setup.showed()
        #expect(setup.next == .carryOut)
    }

    @Test func `offers the address again that led nowhere`() {
        var setup = machine()
        setup.answered(.address, Self.address)
        setup.lookedAtAddress(.notReached)
        #expect(setup.next == .ask(.address, because: nil))
        #expect(setup.usualAddress == Self.address)
        setup.answered(.address, "")
        #expect(setup.next == .findAddress)
    }

    @Test func `asks for token and secret again when they are refused, and for the address when it is not OvalEdge`() {
        var setup = machine()
        setup.answered(.address, Self.address)
        setup.lookedAtAddress(.good)
        setup.answered(.userToken, "token")
        setup.answered(.userSecret, "wrong")
        setup.triedSignIn(.refused)
        #expect(setup.next == .ask(.userToken, because: nil))
        setup.answered(.userToken, "token")
        setup.answered(.userSecret, "right")
        setup.triedSignIn(.notReached)
        #expect(setup.next == .ask(.address, because: nil))
        setup.answered(.address, "")
        setup.lookedAtAddress(.good)
        #expect(setup.next == .signIn)
    }

    @Test func `takes where a secret is kept in its place, and then needs no place for it`() {
        var setup = machine()
        setup.answered(.address, Self.address)
        setup.lookedAtAddress(.good)
        setup.answered(.userToken, "token")
        setup.answered(.userSecret, "op://team/ovaledge/secret")
        #expect(setup.answers.userSecret == .reference("op://team/ovaledge/secret"))
        setup.triedSignIn(.good)
        #expect(setup.next == .ask(.clients, because: nil))
    }

    @Test func `takes no empty token or secret`() {
        var setup = machine()
        setup.answered(.address, Self.address)
        setup.lookedAtAddress(.good)
        setup.answered(.userToken, " ")
        guard case .ask(.userToken, .some) = setup.next else { return #expect(Bool(false)) }
        setup.answered(.userToken, "token")
        setup.answered(.userSecret, "")
        guard case .ask(.userSecret, .some) = setup.next else { return #expect(Bool(false)) }
    }

    @Test func `keeps token and secret of the profile for its own address alone`() {
        let known = { (surroundings: inout SetupMachine.Surroundings) in
            surroundings.knownAddress = Self.address
            surroundings.hasCredentials = true
        }
        var setup = machine(change: known)
        setup.answered(.address, "")
        setup.lookedAtAddress(.good)
        #expect(setup.canKeepCredentials)
        setup.answered(.userToken, "")
        #expect(setup.next == .signIn)
        setup.triedSignIn(.good)
        #expect(setup.next == .ask(.clients, because: nil))

        setup = machine(change: known)
        setup.answered(.address, "https://other.example")
        setup.lookedAtAddress(.good)
        #expect(!setup.canKeepCredentials)
        setup.answered(.userToken, "")
        #expect(setup.answers.userToken == nil)
    }

    @Test(arguments: [
        ("", ["cursor", "gemini"]), ("all", ["cursor", "gemini"]), ("none", []),
        ("vscode, cursor vscode", ["vscode", "cursor"]),
    ])
    func `takes names of clients, all that are found, or none`(typed: String, chosen: [String]) {
        var setup = signedIn()
        setup.answered(.place, "file")
        setup.answered(.clients, typed)
        #expect(setup.answers.clients == chosen)
        #expect(setup.next == .show)
    }

    @Test func `suggests the client that may be meant`() {
        var setup = signedIn()
        setup.answered(.place, "")
        setup.answered(.clients, "cursr")
        #expect(
            setup.next == .ask(.clients, because: "`cursr` is not a client that is known here. Did you mean cursor?")
        )
        setup.answered(.clients, "all, cursor")
        #expect(
            setup.next == .ask(.clients, because: "all and none stand alone, without names of clients.")
        )
    }

    @Test(arguments: ["0", "4", "-1", "wallet"]) func `takes only a place that there is`(typed: String) {
        var setup = signedIn()
        setup.answered(.place, typed)
        #expect(setup.next == .ask(.place, because: "`\(typed)` is not one of them."))
    }

    @Test func `offers no place that this machine does not have`() {
        var setup = signedIn { $0.places = [.file, .profile] }
        setup.answered(.place, "keychain")
        #expect(setup.answers.place == nil)
        setup.answered(.place, "")
        #expect(setup.answers.place == .file)
    }

    @Test func `asks for another place when the one chosen takes no secret, and shows again what it would write`() {
        var setup = signedIn()
        setup.answered(.place, "keychain")
        setup.answered(.clients, "none")
        setup.showed()
        setup.answered(.agreement, "yes")
        setup.couldNotKeep()
        #expect(setup.next == .ask(.place, because: nil))
        setup.answered(.place, "file")
        #expect(setup.next == .show)
    }

    @Test func `ends when it is not to be written`() {
        var setup = signedIn()
        setup.answered(.place, "")
        setup.answered(.clients, "")
        setup.showed()
        setup.answered(.agreement, "perhaps")
        #expect(setup.next == .ask(.agreement, because: "Type yes or no."))
        setup.answered(.agreement, "n")
        #expect(setup.next == .end(.declined))
    }

    @Test func `asks nothing about clients where none is found`() {
        var setup = signedIn { $0.found = [] }
        setup.answered(.place, "")
        #expect(setup.next == .show)
    }

    @Test func `needs no account for the sandbox`() {
        var setup = machine { $0.isSandbox = true }
        #expect(setup.next == .ask(.clients, because: nil))
        setup.answered(.clients, "")
        setup.showed()
        setup.answered(.agreement, "")
        #expect(setup.next == .carryOut)
    }

    @Test func `writes nothing when it is only tried`() {
        var setup = signedIn { $0.isDry = true }
        setup.answered(.place, "")
        setup.answered(.clients, "")
        setup.showed()
        #expect(setup.next == .end(.done))
    }
}

@Suite struct `Setup without anyone to ask` {
    private func machine(
        _ answers: SetupAnswers,
        _ change: (inout SetupMachine.Surroundings) -> Void = { _ in }
    ) -> SetupMachine {
        var surroundings = SetupMachine.Surroundings()
        surroundings.isPersonThere = false
        surroundings.found = ["cursor"]
        change(&surroundings)
        return SetupMachine(surroundings, answers)
    }

    private var whole: SetupAnswers {
        var answers = SetupAnswers()
        answers.address = "https://acme.example"
        (answers.userToken, answers.userSecret) = (.value(Secret("token")), .value(Secret("secret")))
        (answers.place, answers.clients, answers.agrees) = (.file, ["cursor"], true)
        return answers
    }

    @Test func `names every option that is missing`() {
        #expect(
            machine(SetupAnswers()).missingOptions == [
                "--base-url URL", "--user-token FROM", "--user-secret FROM", "--client NAME", "--yes",
            ]
        )
        var answers = whole
        answers.place = nil
        #expect(machine(answers).missingOptions == ["--keep WHERE"])
        answers.userSecret = .reference("op://vault/item/field")
        #expect(machine(answers).missingOptions == [])
        answers.agrees = false
        #expect(machine(answers).missingOptions == ["--yes"])
        #expect(machine(answers) { $0.isDry = true }.missingOptions == [])
    }

    @Test func `needs no option for what the profile says`() {
        var answers = whole
        (answers.address, answers.userToken, answers.userSecret, answers.place) = (nil, nil, nil, nil)
        let setup = machine(answers) { surroundings in
            surroundings.knownAddress = "https://acme.example"
            surroundings.hasCredentials = true
        }
        #expect(setup.missingOptions == [])
        #expect(setup.next == .findAddress)
    }

    @Test func `goes the whole way`() {
        var setup = machine(whole)
        #expect(setup.next == .findAddress)
        setup.lookedAtAddress(.good)
        #expect(setup.next == .signIn)
        setup.triedSignIn(.good)
        #expect(setup.next == .show)
        setup.showed()
        #expect(setup.next == .carryOut)
    }

    @Test func `ends where something is wrong`() {
        var setup = machine(whole)
        setup.lookedAtAddress(.notReached)
        #expect(setup.next == .end(.failed))
        for verdict in [SetupVerdict.refused, .notReached] {
            var setup = machine(whole)
            setup.lookedAtAddress(.good)
            setup.triedSignIn(verdict)
            #expect(setup.next == .end(.failed))
        }
        setup = machine(whole)
        setup.couldNotKeep()
        #expect(setup.next == .end(.failed))
    }
}
