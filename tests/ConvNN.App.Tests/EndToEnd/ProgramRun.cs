using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ConvNN.App.Configuration;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The built program as a child process, in a folder of its own and without the settings of this one's environment.</summary>
internal sealed class ProgramRun : IDisposable
{
    // Far beyond any test's time: only so that a hanging program fails its test instead of stopping all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("CONVNN_LONG_TESTS") == "1" ? 600 : 60);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly StringBuilder _output = new();

    private ProgramRun(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What was printed on stdout and read so far.</summary>
    public string Output => _output.ToString();

    /// <summary>Starts the program.</summary>
    /// <param name="folder">Its current folder.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Further environment variables.</param>
    public static ProgramRun Start(TemporaryFolder folder, string[] arguments, params (string Name, string Value)[] environment) =>
        new(Process.Start(Describe(folder, arguments, environment))!);

    /// <summary>Starts the program on a terminal of its own, made by <c>script</c> of util-linux.</summary>
    public static ProgramRun StartOnTerminal(TemporaryFolder folder, params string[] arguments)
    {
        ProcessStartInfo start = Describe(folder, arguments, []);
        string command = string.Join(' ', start.ArgumentList.Prepend(start.FileName).Select(word => $"'{word}'"));
        start.FileName = "script";
        start.ArgumentList.Clear();
        Array.ForEach(["--quiet", "--return", "--command", command, "/dev/null"], start.ArgumentList.Add);
        start.RedirectStandardInput = true;
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        return new ProgramRun(Process.Start(start)!);
    }

    /// <summary>Starts the program under another one.</summary>
    /// <param name="outer">The other one, such as <c>strace</c>, with arguments that end in a command.</param>
    /// <param name="folder">Its current folder.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Further environment variables.</param>
    public static ProgramRun StartUnder(string[] outer, TemporaryFolder folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = Describe(folder, arguments, environment);
        string[] command = [.. outer.Skip(1), start.FileName, .. start.ArgumentList];
        start.FileName = outer[0];
        start.ArgumentList.Clear();
        Array.ForEach(command, start.ArgumentList.Add);
        return new ProgramRun(Process.Start(start)!);
    }

    /// <summary>Runs the program to its end under another one, such as <c>strace</c>, whose arguments end in a command.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunUnderAsync(string[] outer, TemporaryFolder folder, params string[] arguments)
    {
        using ProgramRun run = StartUnder(outer, folder, arguments);
        return await run.EndAsync();
    }

    /// <summary>Runs another program of this folder to its end.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="folder">Its current folder.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunOtherAsync(string program, TemporaryFolder folder, params string[] arguments)
    {
        using ProgramRun run = new(Process.Start(Describe(folder, arguments, [], program))!);
        return await run.EndAsync();
    }

    /// <summary>Runs a line in bash, where <c>convnn</c> and <c>dotnet run --</c> are the built program, to its end.</summary>
    /// <param name="folder">The folder of the test.</param>
    /// <param name="current">The current folder.</param>
    /// <param name="line">The line.</param>
    /// <param name="environment">Further environment variables.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunLineAsync(
        TemporaryFolder folder, string current, string line, params (string Name, string Value)[] environment)
    {
        const string Script = """
            line=$1; shift; program=("$@"); set --
            convnn() { "${program[@]}" "$@"; }
            dotnet() { [[ "$1 $2" == "run --" ]] && "${program[@]}" "[dotnet-run]" "${@:3}"; }
            eval "$line"
            """;
        ProcessStartInfo start = Describe(folder, [], environment);
        string[] words = ["-c", Script, "bash", line, start.FileName, .. start.ArgumentList];
        start.FileName = "bash";
        start.ArgumentList.Clear();
        Array.ForEach(words, start.ArgumentList.Add);
        start.WorkingDirectory = current;
        using ProgramRun run = new(Process.Start(start)!);
        return await run.EndAsync();
    }

    private static ProcessStartInfo Describe(TemporaryFolder folder, string[] arguments, (string Name, string Value)[] environment, string program = "convnn.dll")
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

        // A test run in a shell's background, or under nohup, ignores signals, and a child inherits that: env undoes it.
        ProcessStartInfo start = OperatingSystem.IsLinux()
            ? new("env", ["--default-signal=HUP,INT,TERM", host])
            : new(host);
        start.WorkingDirectory = folder.Path;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        Array.ForEach(arguments, start.ArgumentList.Add);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith(EnvironmentSettings.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                start.Environment.Remove(name);
            }
        }

        // No test may open a browser.
        start.Environment.Remove("DISPLAY");
        start.Environment.Remove("WAYLAND_DISPLAY");

        // No test may touch the network or the user's cache; but for one that says otherwise, runs are on the sample.
        start.Environment["XDG_CACHE_HOME"] = start.Environment["LOCALAPPDATA"] = folder["cache"];
        start.Environment["CONVNN_Data__Download"] = "false";
        start.Environment["CONVNN_Data__Dataset"] = "sample";
        Array.ForEach(environment, variable => start.Environment[variable.Name] = variable.Value);
        return start;
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        TemporaryFolder folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        using ProgramRun run = Start(folder, arguments, environment);
        return await run.EndAsync();
    }

    /// <summary>Reads stdout up to an event.</summary>
    /// <param name="beginning">How its line goes on after the time: its word, or word and first figures.</param>
    public Task ReadToAsync(string beginning) => ReadToTextAsync($"Z {beginning} ");

    /// <summary>Reads stdout up to a line that has a text in it.</summary>
    public async Task ReadToTextAsync(string text)
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            _output.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The program ended without '{text}':\n{Output}{await _error}");
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Types on the terminal that the program was started on.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="signal"><c>INT</c>, <c>TERM</c>, …</param>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Closes this end of the program's stdout, as <c>head -1</c> does.</summary>
    public void CloseOutput() => _process.StandardOutput.Close();

    /// <summary>Waits for the end.</summary>
    /// <param name="isOutputClosed">Whether nothing more of stdout is to be read.</param>
    public async Task<(int ExitCode, string Output, string Error)> EndAsync(bool isOutputClosed = false)
    {
        try
        {
            if (!isOutputClosed)
            {
                _output.Append(await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience));
            }

            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            throw;
        }

        return (_process.ExitCode, Output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
