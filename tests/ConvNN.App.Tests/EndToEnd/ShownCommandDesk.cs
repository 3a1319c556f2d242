using System.IO.Compression;
using ConvNN.App.Tests.Architecture;
using ConvNN.Data.Tests.Download;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>
/// Where a reader of the pages sits: a clone of the repository, and a folder of somebody who has just the tool; both with pictures and
/// with runs, finished, stopped and killed. What commands change is put back.
/// </summary>
public sealed class ShownCommandDesk : IAsyncLifetime
{
    // A name that a shell, a message or a file must not stumble over.
    private const string Strange = "a b'c é";

    // Runs that are resumed grow.
    private static readonly string[] Unfinished = ["runs/cut/", "runs/it's é/"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, Dictionary<string, byte[]>> _files = [];
    private LoopbackServer? _server;

    /// <summary>Whether MNIST is here, and can be served.</summary>
    internal static bool HasMnist => Directory.Exists(Mnist);

    private static string? Mnist => Environment.GetEnvironmentVariable("CONVNN_Data__Directory");

    private string Clone => Path.Combine(_folder["clone"], Strange);

    private string Tool => Path.Combine(_folder["tool"], Strange);

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        _server = LoopbackServer.Start(async (request, answer) => await answer.FileAsync(request, await File.ReadAllBytesAsync(Path.Combine(Mnist!, request.File)), "v1"));
        Directory.CreateDirectory(Tool);
        File.Copy(Path.Combine(Repository.Root, "samples/DigitApp/seven.pgm"), Path.Combine(Tool, "seven.png"));
        File.Copy(Path.Combine(Repository.Root, "samples/DigitApp/seven.pgm"), Path.Combine(Tool, "photo.png"));
        foreach (string name in (string[])["photos/seven/1.png", "photos/seven/2.png", "photos/other/1.png"])
        {
            Directory.CreateDirectory(Path.Combine(Tool, Path.GetDirectoryName(name)!));
            File.Copy(Path.Combine(Repository.Root, "samples/DigitApp/seven.pgm"), Path.Combine(Tool, name));
        }

        File.WriteAllText(Path.Combine(Tool, "it's.json"), "{}");
        using (GZipStream images = new(File.OpenRead(Path.Combine(Repository.Root, "src/ConvNN.Data/Sample/t10k-images-idx3-ubyte.gz")), CompressionMode.Decompress))
        using (FileStream file = File.Create(Path.Combine(Tool, "t10k-images-idx3-ubyte")))
        {
            await images.CopyToAsync(file);
        }

        await TrainAsync("--limit 200 --epochs 2 --verbose --output runs/first && cp -r runs/first runs/20261125-181032-original && cp runs/first/model.safetensors alone.safetensors");
        await TrainAsync("--limit 200 --epochs 2 --seed 2 --output runs/second");
        await StopAsync("runs/cut", "INT");
        await StopAsync("runs/it's é", "KILL");
        Copy(Tool, Clone);
        foreach (string path in (string[])["appsettings.json", "appsettings.schema.json", "config", "docs"])
        {
            Copy(Path.Combine(Repository.Root, path), Path.Combine(Clone, path));
        }

        _files[Tool] = Read(Tool);
        _files[Clone] = Read(Clone);
    }

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? default);
        _folder.Dispose();
    }

    /// <summary>Uses the folder in which a command is read, and puts it back; what was there must be left alone.</summary>
    /// <param name="command">The command: what it makes is not there yet.</param>
    /// <param name="prepare">Changes the folder first.</param>
    /// <param name="use">Runs the command.</param>
    internal async Task UseAsync(string command, Func<string, Task>? prepare, Func<string, Task> use)
    {
        string folder = command.StartsWith("convnn", StringComparison.Ordinal) ? Tool : Clone;
        Dictionary<string, byte[]> before = _files[folder];
        if (Option(command, "--output") is { } made && Directory.Exists(Path.Combine(folder, made)))
        {
            Directory.Delete(Path.Combine(folder, made), recursive: true);
        }

        try
        {
            await (prepare?.Invoke(folder) ?? Task.CompletedTask);
            Dictionary<string, byte[]> there = Read(folder);
            await use(folder);
            Dictionary<string, byte[]> after = Read(folder);
            Assert.Empty(
                from file in there
                where !(after.TryGetValue(file.Key, out byte[]? bytes) && bytes.AsSpan().SequenceEqual(file.Value))
                where !(command.Contains("--resume", StringComparison.Ordinal) && Unfinished.Any(run => file.Key.StartsWith(run, StringComparison.Ordinal)))
                select file.Key);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            foreach ((string path, byte[] bytes) in before)
            {
                string file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllBytesAsync(file, bytes);
            }
        }
    }

    /// <summary>Runs a line in a folder.</summary>
    internal Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, string line) => ProgramRun.RunLineAsync(
        _folder, folder, line, ("CONVNN_Data__Download", "true"), ("CONVNN_Data__Mirror", _server!.Address.AbsoluteUri), ("HOME", _folder["home"]));

    private static string? Option(string command, string name) =>
        command.Split(' ') is var words && Array.IndexOf(words, name) is >= 0 and int index ? words.ElementAtOrDefault(index + 1) : null;

    private static Dictionary<string, byte[]> Read(string folder) => Directory
        .GetFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes);

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.Exists(from) ? Directory.GetFiles(from, "*", SearchOption.AllDirectories) : [from])
        {
            string copy = Path.GetFullPath(Path.Combine(to, Path.GetRelativePath(from, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private async Task TrainAsync(string arguments)
    {
        (int exitCode, string output, string error) = await RunAsync(Tool, $"dotnet run -- {arguments}");
        Assert.True(exitCode == 0, error + output);
    }

    // Slow enough to be stopped in its second epoch of three.
    private async Task StopAsync(string run, string signal)
    {
        using ProgramRun running = ProgramRun.Start(
            _folder, ["[dotnet-run]", "--limit", "1000", "--epochs", "3", "--kernels", "reference", "-o", run]);
        await running.ReadToAsync("epoch epoch=1");
        await running.SignalAsync(signal);
        await running.EndAsync();
        Directory.CreateDirectory(Path.Combine(Tool, "runs"));
        Directory.Move(Path.Combine(_folder.Path, run), Path.Combine(Tool, run));
    }
}
