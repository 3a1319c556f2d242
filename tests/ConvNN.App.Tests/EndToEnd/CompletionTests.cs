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
        ["convnn --preset "] = "best fashion fast-99 lenet5 original original-tuned small two-block",
        ["convnn verify --preset o"] = "original original-tuned",
        ["convnn --preset small --set Model:Layers:conv"] = "conv1: conv2: conv3: conv4:",
        ["convnn --optimizer ada"] = "adam adamw",
        ["convnn --schedule c"] = "constant cosine",
        ["convnn --set Training:Ep"] = "Epochs=",
        ["convnn --set Training:Optimizer="] = "adam adamw lion momentum nesterov rmsprop sgd",
        ["convnn --set Training:Optimizer=adam"] = "adam adamw",
        ["convnn --set Training:Optimizer=adam --set Training:Optimizer:B"] = "Beta1= Beta2=",
        ["convnn --set Data:Download=t"] = "true",
        ["convnn --set Pipeline:Workers="] = "auto",
        ["convnn --set Model:Layers:d"] = "dense1: dense2: dense3:",
        ["convnn --set Model:Layers:conv1:"] = "Activation= Bias= Dilation= Filters= Frozen= Groups= Initializer= InitialValue= Kernel= Name= Padding= Stride= Type=",
        ["convnn --set Model:Layers:conv1:Activation=s"] = "sigmoid silu softmax",
        ["convnn --set Model:Layers:conv1:Type=max"] = "maxpool2d",
        ["convnn --set Model:Layers:conv1:Type=dropout --set Model:Layers:conv1:R"] = "Rate=",
        ["convnn --config other.json --set Model:Layers:"] = "norm: top:",
        ["convnn --config other.json --set Model:Layers:norm:"] = "Epsilon= Frozen= Momentum= Name= Type=",
        ["convnn --config broken.json --set Model:Layers:c"] = "conv1:",
        ["convnn sweep --vary Training:Schedule=c"] = "constant cosine",
        ["convnn --resume "] = "auto runs/first",
        ["convnn --resume r"] = "runs/first",
        ["convnn evaluate --model r"] = "runs/first",
        ["convnn /"] = "",
        ["convnn --set Pipeline:"] = "Decoders= Exchange= Kernels= Leaves= Prefetch= StallTimeout= Workers=",
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
        folder.Write("other.json", """{ "Model": { "Layers": [{ "Type": "batchnorm2d", "Name": "norm" }, { "Type": "dense", "Name": "top", "Units": 10 }] } }""");
        folder.Write("broken.json", "{");
        Directory.CreateDirectory(folder["runs/first"]);
        Directory.CreateDirectory(folder["runs/no run"]);
        folder.Write("runs/first/run.json", "{}");
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
