using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>The page of a run beside the run itself: real processes.</summary>
[Collection(ProgramCollection.Name)]
public sealed partial class DashboardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Train_WithAPageAndAReader_EndsInTheSameBits()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        string[] training = ["--limit", "600", "-e", "3", "--set", "Data:Validation=100"];
        await ProgramRun.RunAsync(_folder, [.. training, "-o", "without"]);

        using ProgramRun run = ProgramRun.Start(_folder, [.. training, "--dashboard", "0", "-o", "with"]);
        Uri address = await AddressAsync(run, "page");
        Task<string> reading = _client.GetStringAsync(new Uri(address, "/events"), TestContext.Current.CancellationToken);
        await run.ReadToAsync("open");
        await run.SignalAsync("INT");
        (int exitCode, string output, string error) = await run.EndAsync();

        Assert.Equal((0, ""), (exitCode, error));
        Assert.DoesNotContain(" stop ", output, StringComparison.Ordinal);
        Assert.Equal(WeightsOf("without"), WeightsOf("with"));

        // The reader was told everything: the log's events and what a log cannot show.
        JsonObject[] told = [.. (await reading).Split('\n').Where(line => line.StartsWith("data: {\"", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!.AsObject())];
        Assert.Equal(3, told.Count(what => (string)what["event"]! == "epoch"));
        Assert.Equal(3, told.Count(what => (string)what["event"]! == "filters"));
        Assert.Equal(6, told.Count(what => (string)what["event"]! == "layer"));
        Assert.Contains(told, what => (string)what["event"]! == "layer_statistics" && (int)what["epoch"]! == 3);
        JsonObject test = told.Last(what => (string)what["event"]! == "test");
        Assert.Equal(10, test["confusion"]!.AsArray().Count);
        Assert.Equal("end", (string)told[^1]["event"]!);
        Assert.DoesNotContain(_folder.Path, await reading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_StoppedByThePage_SavesAndStays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using ProgramRun run = ProgramRun.Start(_folder, ["--limit", "600", "-e", "100000", "--dashboard", "0", "-o", "run"]);
        Uri address = await AddressAsync(run, "page");
        await run.ReadToAsync("epoch epoch=1");

        using HttpResponseMessage answer = await _client.PostAsync(new Uri(address, "/stop"), content: null, TestContext.Current.CancellationToken);
        await run.ReadToAsync("open");
        string page = await _client.GetStringAsync(address, TestContext.Current.CancellationToken);
        await run.SignalAsync("INT");
        (int exitCode, string output, string error) = await run.EndAsync();

        Assert.Equal((HttpStatusCode.OK, 130, ""), (answer.StatusCode, exitCode, error));
        Assert.Contains(" stopped signal=\"the page\" finished=", output, StringComparison.Ordinal);
        Assert.Contains("<title>ConvNN</title>", page, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["run/model.safetensors"]));
    }

    /// <summary>The address that opens the page to other machines is printed, and kept nowhere.</summary>
    [Fact]
    public async Task Train_OpenToOthers_KeepsTheTokenOutOfFiles()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using ProgramRun run = ProgramRun.Start(_folder, ["--limit", "100", "-e", "1", "--dashboard", "0", "--dashboard-host", "*", "-o", "run"]);
        Uri address = await AddressAsync(run, "page");
        await run.ReadToAsync("open");
        await run.SignalAsync("INT");
        await run.EndAsync();

        string token = address.Query["?token=".Length..];
        Assert.Equal(32, token.Length);
        Assert.All(Directory.EnumerateFiles(_folder["run"], "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(token, File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("serve")]
    public async Task Command_PortInUse_SaysWhatToDoAndDoesNothing(string command)
    {
        await ProgramRun.RunAsync(_folder, ["--limit", "100", "-e", "1", "-o", "model"]);
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(
            _folder, command == "serve" ? ["serve", port, "--model", "model"] : ["--dashboard", port, "--limit", "100", "-o", "run"]);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Equal($"dashboard: port {port} of 127.0.0.1 cannot be used (address already in use); name another, or 0 for any that is free.", error.TrimEnd(), ignoreCase: true);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    /// <summary>Where only .NET's own runtime is installed, training works, and a page says what it needs.</summary>
    [Fact]
    public async Task Program_WithoutAspNetCore_TrainsAndRefusesThePage()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test copies a runtime of Linux.");
        string runtime = RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/');
        string root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        string bare = _folder["dotnet"];
        Copy(Path.Combine(root, "host"), Path.Combine(bare, "host"));
        Copy(runtime, Path.Combine(bare, "shared", "Microsoft.NETCore.App", Path.GetFileName(runtime)));
        File.Copy(Path.Combine(root, "dotnet"), Path.Combine(bare, "dotnet"));

        // In place of the three words that begin the command: env, its option, dotnet.
        string[] outer = ["bash", "-c", $"shift 3; exec '{bare}/dotnet' \"$@\"", "bash"];

        (int trained, _, string silence) = await ProgramRun.RunUnderAsync(outer, _folder, "--limit", "100", "-e", "1", "-o", "run");
        (int exitCode, string output, string error) = await ProgramRun.RunUnderAsync(outer, _folder, "serve", "0", "--model", "run");

        Assert.Equal((0, ""), (trained, silence));
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Matches(@"^dashboard: pages need the ASP\.NET Core runtime 10\.0, which is not installed beside .*; install it \(aspnetcore-runtime-10\.0\), or leave the page out\.\n$", error);
    }

    private string WeightsOf(string run) => (string)JsonNode.Parse(File.ReadAllText(_folder[$"{run}/run.json"]))!["result"]!["weights_sha256"]!;

    private static async Task<Uri> AddressAsync(ProgramRun run, string word)
    {
        await run.ReadToAsync(word);
        return new Uri(Address().Match(run.Output).Value);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [GeneratedRegex("""http://[^\s"]+""")]
    private static partial Regex Address();
}
