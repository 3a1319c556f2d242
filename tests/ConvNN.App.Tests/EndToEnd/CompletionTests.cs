using System.Diagnostics;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The script for bash, in a bash: what is offered for a line that is being typed.</summary>
[Collection(ProgramCollection.Name)]
public class CompletionTests
{
    // What bash itself does before it calls the function: the line, the cursor, the words cut at blanks, = and :.
    private const string Harness = """
        set -u
        convnn() { "$DOTNET" "$CONVNN_DLL" "$@"; }
        eval "$(convnn completion bash)"
        complete -p convnn
        complete_line()
        {
            COMP_LINE=$1 COMP_POINT=${#1}
            COMP_WORDS=() COMP_CWORD=0
            local word rest=$1
            while [[ $rest =~ ^([^[:space:]=:]+|[=:]+|[[:space:]]+)(.*)$ ]]; do
                word=${BASH_REMATCH[1]} rest=${BASH_REMATCH[2]}
                [[ $word == *[![:space:]]* ]] && COMP_WORDS+=("$word")
            done
            [[ $1 == *[[:space:]] ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _convnn
            echo "$1| ${COMPREPLY[*]-}"
        }
        while IFS= read -r line; do complete_line "$line"; done
        """;

    private static readonly Dictionary<string, string> Lines = new()
    {
        ["convnn tr"] = "trace train",
        ["convnn tra"] = "trace train",
        ["convnn trai"] = "train",
        ["convnn train --wor"] = "--workers",
        ["convnn --kernels "] = "auto reference vector128 vector256 vector512",
        ["convnn train --kernels v"] = "vector128 vector256 vector512",
        ["convnn --data m"] = "mnist",
        ["convnn --set Training:Ep"] = "Epochs=",
        ["convnn --set Pipeline:"] = "Exchange= Kernels= Leaves= StallTimeout= Workers=",
        ["convnn swe"] = "sweep",
        ["convnn sweep --vary Training:Ep"] = "Epochs=",
        ["convnn completion b"] = "bash",
        ["convnn --config "] = "",      // bash offers files then, by -o default
        ["convnn --output x"] = "",
    };

    [Fact]
    public async Task Bash_LineThatIsTyped_IsCompleted()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash here.");
        using TemporaryFolder folder = new();
        ProcessStartInfo start = new("/bin/bash", [folder.Write("harness.bash", Harness)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder.Path,
        };
        start.Environment["DOTNET"] = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        start.Environment["CONVNN_DLL"] = Path.Combine(AppContext.BaseDirectory, "convnn.dll");
        using Process bash = Process.Start(start)!;
        foreach (string line in Lines.Keys)
        {
            await bash.StandardInput.WriteLineAsync(line);
        }

        bash.StandardInput.Close();
        string[] output = (await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd('\n').Split('\n');

        Assert.Equal("complete -o default -F _convnn convnn", output[0]);
        Assert.Equal(Lines.Select(line => $"{line.Key}| {line.Value}"), output[1..]);
    }
}
