using System.CommandLine.Completions;
using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Options;

/// <summary>Shell completion scripts, which call the program with System.CommandLine's directive <c>[suggest]</c>.</summary>
internal static class Completions
{
    private const string Bash = """
        # Completion of convnn for bash: eval "$(convnn completion bash)", in ~/.bashrc to have it always.
        _convnn()
        {
            local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} item
            local text=${line#"${COMP_WORDS[0]}"}
            local typed=${line##*[[:space:]]}
            [[ $word == [:=] ]] && word=
            COMPREPLY=()
            while IFS= read -r item; do
                # bash completes from the last : or = on
                [[ $item == "$typed"* ]] && COMPREPLY+=("${item#"${typed%"$word"}"}")
            done < <("${COMP_WORDS[0]}" "[suggest:${#text}]" "$text" 2>/dev/null)
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:=] ]] && compopt -o nospace 2>/dev/null
            return 0
        }
        complete -o default -F _convnn convnn
        """;

    private const string Zsh = """
        # Completion of convnn for zsh: source <(convnn completion zsh), in ~/.zshrc to have it always.
        _convnn()
        {
            local -a items
            items=(${(f)"$(convnn "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)"})
            if (( ! ${#items} )); then _files; return; fi
            compadd -- ${items:#*[:=]}
            compadd -S "" -- ${(M)items:#*[:=]}     # without a space: a key or a value follows
        }
        compdef _convnn convnn
        """;

    private const string Fish = """
        # Completion of convnn for fish: convnn completion fish | source, in config.fish to have it always.
        complete -c convnn -a '(convnn "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp | string collect) 2>/dev/null)'
        """;

    private const string PowerShell = """
        # Completion of convnn for PowerShell: convnn completion pwsh | Out-String | Invoke-Expression, in $PROFILE to have it always.
        Register-ArgumentCompleter -Native -CommandName convnn -ScriptBlock {
            param($word, $line, $cursor)
            $text = $line.ToString().PadRight($cursor)
            convnn "[suggest:$cursor]" "$text" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    private static readonly Dictionary<string, string> Scripts = new() { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["pwsh"] = PowerShell };

    /// <summary>The shells for which there is a script.</summary>
    public static IReadOnlyCollection<string> Shells => Scripts.Keys;

    /// <summary>The runs that an option or an argument may name.</summary>
    public static IEnumerable<string> Runs(CompletionContext context) => ModelLocation.RunsIn(ModelLocation.Runs);

    /// <summary>The script of a shell.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string ScriptFor(string shell) => Scripts.TryGetValue(shell, out string? script)
        ? script
        : throw new UsageException($"'{shell}' is not a supported shell; {NearestName.Hint(shell, Shells)}");
}
