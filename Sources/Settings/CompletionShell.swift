import Text

/// A shell that completes command lines: the script that it reads, and the answers that the script asks for.
///
/// The script asks the program itself at each key, so that it never knows less than the program.
package enum CompletionShell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    /// One line for each candidate, or one that says where the shell has to look.
    package func lines(_ answer: CommandLineCompletion.Answer, typed: String) -> [String] {
        switch answer {
        case .files: return [":files"]
        case .folders: return [":folders"]
        case .words(let candidates):
            return candidates.map { candidate in
                switch self {
                case .bash: Self.afterLastBreak(candidate.text, typed)
                case .zsh:
                    Self.described(
                        candidate.text.replacing(every: ":", with: #"\:"#),
                        candidate.about,
                        ":"
                    )
                case .fish: Self.described(candidate.text, candidate.about, "\t")
                }
            }
        }
    }

    private static func described(_ text: String, _ about: String, _ sign: String) -> String {
        about.isEmpty ? text : text + sign + about
    }

    /// bash breaks words at these, and replaces only what is behind the last one.
    private static let breaks: Set<Character> = ["=", ":"]

    private static func afterLastBreak(_ text: String, _ typed: String) -> String {
        guard let last = typed.lastIndex(where: { breaks.contains($0) }) else { return text }
        return String(text.dropFirst(typed[...last].count))
    }

    /// The words as a person typed them.
    package func joined(_ words: [String]) -> [String] {
        guard self == .bash else { return words }
        return words.reduce(into: []) { whole, word in
            let isBreak = word.count == 1 && Self.breaks.contains(word.first ?? " ")
            let follows = whole.last?.last.map { Self.breaks.contains($0) } ?? false
            if let last = whole.popLast() {
                whole += isBreak || follows ? [last + word] : [last, word]
            } else {
                whole.append(word)
            }
        }
    }

    /// What the shell reads once, for a program of this name.
    package func script(for program: String) -> String {
        let function = program.replacing(every: "-", with: "_")
        let text =
            switch self {
            case .bash: Self.bashScript
            case .zsh: Self.zshScript
            case .fish: Self.fishScript
            }
        return text.replacing(every: "PROGRAM", with: program).replacing(every: "FUNCTION", with: function)
    }

    private static let bashScript = #"""
        # Completes command lines of PROGRAM in bash: source <(PROGRAM completion bash)
        # It asks the program, so it does not have to be renewed with it.
        _FUNCTION() {
            local IFS=$'\n' line
            COMPREPLY=()
            while read -r line; do
                case $line in
                # Older versions than 4, such as that of macOS, have no compopt.
                :files) compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "${2#[=:]}")) ;;
                :folders) compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "${2#[=:]}")) ;;
                *=) compopt -o nospace 2>/dev/null; COMPREPLY+=("$line") ;;
                *) COMPREPLY+=("$line") ;;
                esac
            done < <("${1/#\~/$HOME}" completion bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -F _FUNCTION PROGRAM
        """#

    private static let zshScript = #"""
        #compdef PROGRAM
        # Completes command lines of PROGRAM in zsh: source <(PROGRAM completion zsh), or as _PROGRAM in a folder of $fpath.
        # It asks the program, so it does not have to be renewed with it.
        _PROGRAM() {
            local line
            local -a closed open
            for line in "${(@f)$("${(Q)words[1]/#\~/$HOME}" completion zsh -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
                case $line in
                :files) compset -P 1 '--*='; _files; return ;;
                :folders) compset -P 1 '--*='; _files -/; return ;;
                '') ;;
                *=|*=:*) open+=("$line") ;;
                *) closed+=("$line") ;;
                esac
            done
            _describe -t words PROGRAM closed -- open -S ''
        }
        if [[ $funcstack[1] == _PROGRAM ]]; then _PROGRAM "$@"; else compdef _PROGRAM PROGRAM; fi
        """#

    private static let fishScript = #"""
        # Completes command lines of PROGRAM in fish: PROGRAM completion fish | source
        # It asks the program, so it does not have to be renewed with it.
        function __FUNCTION_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -l option (string match -r -- '^--[^=]+=' "$current")
            set -l path (string replace -r -- '^--[^=]+=' '' "$current")
            set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
            for line in ($program completion fish -- $words[2..] "$current" 2>/dev/null)
                switch $line
                    case :files
                        for file in (__fish_complete_path "$path")
                            echo "$option$file"
                        end
                    case :folders
                        for folder in (__fish_complete_directories "$path" '')
                            echo "$option$folder"
                        end
                    case '*'
                        echo $line
                end
            end
        end
        complete -c PROGRAM -f -a '(__FUNCTION_complete)'
        """#
}
