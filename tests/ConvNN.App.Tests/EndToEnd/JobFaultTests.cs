using System.IO.Compression;
using System.Reflection;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>Jobs that cannot begin: each ends at once, with a line that says why.</summary>
[Collection(ProgramCollection.Name)]
public sealed class JobFaultTests : IDisposable
{
    private static readonly string[] Short = ["train", "--limit", "500", "--epochs", "1", "-o", "run"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Libraries => JobRun.Libraries;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Train_ConfigurationDiffers_NamesKeyAndRanks(string library)
    {
        JobResult job = await JobRun.RunAsync(library, 3, _folder, Short, "[ $r = 1 ] && set -- \"$@\" --lr 0.5");

        Assert.Equal((9, "cluster: Training:LearningRate is 0.1 on ranks 0, 2, 0.5 on rank 1; start all ranks with the same program, options and data."), job.OneFault());
        Assert.False(Directory.Exists(_folder["run"]));
    }

    /// <summary>The folder of the first rank has the sample; that of the other has one more black pixel.</summary>
    [Fact]
    public async Task Train_DataDiffer_NamesTheFile()
    {
        foreach (string name in (string[])["same", "other"])
        {
            WriteSample(_folder[name], name == "other");
        }

        JobResult job = await JobRun.RunAsync(
            "Open MPI", 2, _folder, [.. Short, "--data", "auto"], "[ $r = 1 ] && export CONVNN_Data__Directory=other || export CONVNN_Data__Directory=same");

        Assert.Equal(9, job.ExitCode);
        Assert.Matches("^cluster: SHA-256 of train-images is [0-9a-f]{64} on rank 0, [0-9a-f]{64} on rank 1; start all ranks with the same program, options and data.$", job.OneFault().Fault);
    }

    /// <summary>A copy of the program whose kernels are of another build: the compiler gives each build an identity of its own.</summary>
    [Fact]
    public async Task Train_BuildDiffers_NamesBoth()
    {
        Directory.CreateDirectory(_folder["other"]);
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            File.CreateSymbolicLink(_folder[$"other/{Path.GetFileName(file)}"], file);
        }

        foreach (string name in (string[])["convnn.dll", "convnn.runtimeconfig.json", "convnn.deps.json", "ConvNN.Kernels.dll"])
        {
            File.Delete(_folder[$"other/{name}"]);
            byte[] bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name));
            if (name == "ConvNN.Kernels.dll")
            {
                int identity = bytes.AsSpan().IndexOf(typeof(Kernels.KernelSet).Module.ModuleVersionId.ToByteArray());
                bytes[identity] ^= 0xFF;
            }

            File.WriteAllBytes(_folder[$"other/{name}"], bytes);
        }

        // The command begins with env and its option, then dotnet and the program.
        JobResult job = await JobRun.RunAsync(
            "Open MPI", 2, _folder, Short, "if [ $r = 1 ]; then shift 2; dotnet=$1; shift 2; set -- \"$dotnet\" other/convnn.dll \"$@\"; fi");

        Assert.Equal(9, job.ExitCode);
        Assert.Matches(@"^cluster: the program is \S+ build \S+ on rank 0, \S+ build \S+ on rank 1; start all ranks", job.OneFault().Fault);
    }

    /// <summary>Before ranks have met: MPICH's launcher does not end a job whose rank leaves then, so the rank does.</summary>
    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Train_ConfigurationOfOneRankIsWrong_EndsAll(string library)
    {
        JobResult job = await JobRun.RunAsync(library, 3, _folder, Short, "[ $r = 1 ] && set -- \"$@\" --lr abc");

        // The launcher may ask the others to end before it ends them: then the first rank says whom it has missed.
        Assert.Equal(2, job.ExitCode);
        Assert.Equal("rank 1: configuration: Training:LearningRate is abc; it must be a number above 0 (also as a 32-bit float) and at most 1,000,000. (--lr)", job.Faults[0]);
        Assert.All(job.Faults.Skip(1), line => Assert.StartsWith("cluster: rank 0 of 3: ", line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Train_OneRankHasNoData_EndsAll(string library)
    {
        JobResult job = await JobRun.RunAsync(library, 3, _folder, Short, "[ $r = 2 ] && export CONVNN_Data__Dataset=mnist");

        Assert.Equal(8, job.ExitCode);
        Assert.StartsWith("rank 2: download: ", job.Faults[0], StringComparison.Ordinal);
        Assert.All(job.Faults.Skip(1), line => Assert.StartsWith("cluster: rank 0 of 3: ", line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Train_FirstRankHasNoDisk_EndsAll(string library)
    {
        _folder.Write("file", "");

        JobResult job = await JobRun.RunAsync(library, 3, _folder, [.. Short, "-o", "file/run"]);

        Assert.Equal(4, job.ExitCode);
        Assert.StartsWith("output: file/run", job.OneFault().Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_Diverges_IsReportedOnce()
    {
        JobResult job = await JobRun.RunAsync("Open MPI", 2, _folder, [.. Short, "--lr", "1e6"]);

        Assert.Equal(6, job.ExitCode);
        Assert.StartsWith("diverged: Training diverged in epoch 1, step ", job.OneFault().Fault, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Train_NoLibrary_SaysWhatToInstall(string library)
    {
        JobResult job = await JobRun.RunAsync(library, 2, _folder, Short, "export CONVNN_MPI_LIBRARY=/nonexistent");

        Assert.Equal(9, job.ExitCode);
        Assert.InRange(job.Faults.Count, 1, 2);
        Assert.All(job.Faults, line => Assert.Matches("^(rank 1: )?cluster: no MPI library was found: tried /nonexistent .*; install one by ", line));
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Theory]
    [InlineData("Open MPI", "MPICH")]
    [InlineData("MPICH", "Open MPI")]
    public async Task Train_LauncherOfAnotherLibrary_IsNoticed(string library, string other)
    {
        JobResult job = await JobRun.RunAsync(library, 2, _folder, Short, $"export CONVNN_MPI_LIBRARY={JobRun.FileOf(other)}");
        Assert.SkipWhen(job.Error.Contains("no MPI library was found", StringComparison.Ordinal), $"{other} is not installed.");

        Assert.Equal(9, job.ExitCode);
        Assert.InRange(job.Faults.Count, 1, 2);
        Assert.All(job.Faults, line => Assert.Matches(@"cluster: rank \d of 2: mpi(run|exec) started 2 processes, but ", line));
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task CommandOfOneProcess_StartedByALauncher_SaysSoOnce(string library)
    {
        JobResult job = await JobRun.RunAsync(library, 2, _folder, ["check-gradients"]);

        Assert.Equal(2, job.ExitCode);
        Assert.Matches("^usage: mpi(run|exec) has started several processes, but only .* work together; start this command without mpi(run|exec).$", job.OneFault().Fault);
    }

    /// <summary>The embedded sample as files of MNIST's format.</summary>
    private static void WriteSample(string folder, bool isChanged)
    {
        Directory.CreateDirectory(folder);
        Assembly data = typeof(Data.DatasetPair).Assembly;
        foreach (string resource in data.GetManifestResourceNames().Where(name => name.StartsWith("Sample/", StringComparison.Ordinal)))
        {
            using Stream stream = data.GetManifestResourceStream(resource)!;
            using GZipStream unpacked = new(stream, CompressionMode.Decompress);
            using MemoryStream bytes = new();
            unpacked.CopyTo(bytes);
            byte[] all = bytes.ToArray();
            string name = Path.GetFileNameWithoutExtension(resource);
            all[^1] ^= (byte)(isChanged && name.StartsWith("train-images", StringComparison.Ordinal) ? 1 : 0);
            File.WriteAllBytes(Path.Combine(folder, name), all);
        }
    }
}
