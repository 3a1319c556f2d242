using ConvNN.Kernels.Probes;

namespace ConvNN.Kernels.Tests.Probes;

/// <summary>Cores are counted as Linux describes them, and only those that the process may use.</summary>
public sealed class ProcessorCoresTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("convnn-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("0-7", 4)]
    [InlineData("0-3", 4)]      // one thread of each core
    [InlineData("0,4", 1)]      // both threads of a core
    [InlineData("1-2,5,7", 3)]
    [InlineData("6", 1)]
    [InlineData("0-127", 4)]    // where more processors could be plugged in
    public void OnLinux_Affinity_CountsTheCoresOfItsProcessors(string allowed, int expected)
    {
        // Four cores with two threads each, as most systems number them.
        for (int number = 0; number < 8; number++)
        {
            string topology = Directory.CreateDirectory(Path.Combine(_folder, $"cpu{number}", "topology")).FullName;
            File.WriteAllText(Path.Combine(topology, "thread_siblings_list"), $"{number % 4},{(number % 4) + 4}\n");
        }

        Assert.Equal(expected, ProcessorCores.OnLinux(_folder, Status(allowed)));
    }

    /// <summary>As in a sandbox that shows no processors.</summary>
    [Fact]
    public void OnLinux_NothingIsTold_IsUnknown()
    {
        Assert.Null(ProcessorCores.OnLinux(_folder, Status("0-3")));
        Assert.Null(ProcessorCores.OnLinux(_folder, Path.Combine(_folder, "no-status")));
    }

    [Fact]
    public void Physical_ThisMachine_IsNoMoreThanItsProcessors() => Assert.InRange(ProcessorCores.Physical, 1, Environment.ProcessorCount);

    private string Status(string allowed)
    {
        string path = Path.Combine(_folder, "status");
        File.WriteAllText(path, $"Name:\tdotnet\nCpus_allowed:\tff\nCpus_allowed_list:\t{allowed}\nMems_allowed_list:\t0\n");
        return path;
    }
}
