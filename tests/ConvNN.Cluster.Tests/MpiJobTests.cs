using ConvNN.Cluster.Program;

namespace ConvNN.Cluster.Tests;

/// <summary>Real processes, started by <c>mpirun</c> or <c>mpiexec</c>, that keep the contract or break it.</summary>
/// <remarks>Where a time is checked, it is far beyond a start's, as the cores may be busy, and far below the 30 s after which a rank gives up by itself.</remarks>
public class MpiJobTests(ITestOutputHelper output)
{
    private const double Quick = 20;

    public static TheoryData<string> Libraries => MpiJob.Libraries;

    [Theory]
    [InlineData("Open MPI", 1)]
    [InlineData("Open MPI", 2)]
    [InlineData("Open MPI", 4)]
    [InlineData("MPICH", 1)]
    [InlineData("MPICH", 2)]
    [InlineData("MPICH", 4)]
    public async Task Contract_RanksInSharedMemory_Holds(string library, int ranks)
    {
        MpiJobResult result = await RunAsync(library, ranks, "contract");

        result.Check(well: true, Quick);
        for (int rank = 0; rank < ranks; rank++)
        {
            Assert.Matches($"rank {rank} of {ranks}: {Contract.Checks.Count} checks, {library} [0-9.]+, {ranks} on {Environment.MachineName}", result.Output);
        }
    }

    [Fact]
    public async Task Contract_OpenMpiByTcp_Holds() =>
        (await RunAsync("Open MPI", 3, "contract", ("OMPI_MCA_btl", "tcp,self"), ("OMPI_MCA_btl_tcp_if_include", "lo"))).Check(well: true, Quick);

    /// <summary>MPICH 4.0.2 may not come back from MPI_Finalize here, and its launcher's code is then any: see the README. What ranks say counts.</summary>
    [Fact]
    public async Task Contract_MpichByTcp_Holds()
    {
        MpiJobResult result = await RunAsync("MPICH", 3, "contract", ("UCX_TLS", "tcp,self"), ("MPIR_CVAR_NOLOCAL", "1"));

        result.Check(well: result.ExitCode == 0, Quick);
        Assert.True(result.ExitCode is 0 or 9, $"code {result.ExitCode}");
        Assert.All(Enumerable.Range(0, 3), rank => Assert.Contains($"rank {rank} of 3: {Contract.Checks.Count} checks, MPICH ", result.Output, StringComparison.Ordinal));
    }

    /// <summary>Libraries that take over signals would end the process instead.</summary>
    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task NullReference_BesideMpi_IsStillAnException(string library)
    {
        MpiJobResult result = await RunAsync(library, 2, "nulls", ("UCX_HANDLE_ERRORS", "bt"));

        result.Check(well: true, Quick);
        Assert.Contains("rank 0 caught NullReferenceException and DivideByZeroException", result.Output, StringComparison.Ordinal);
    }

    /// <summary>A thread that runs these functions while a library changes them ends the process.</summary>
    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Start_OfMpi_LeavesTheCodeOfTheSystemAlone(string library)
    {
        MpiJobResult result = await RunAsync(library, 2, "code", ("UCX_MEM_EVENTS", "yes"));

        result.Check(well: true, Quick);
        Assert.All(Enumerable.Range(0, 2), rank => Assert.Contains($"rank {rank}: the code of munmap, mmap, madvise, brk is as it was", result.Output, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Rank_Killed_EndsTheJob(string library)
    {
        MpiJobResult result = await RunAsync(library, 3, "kill 1");

        result.Check(well: false, Quick);
        Assert.Contains("rank 1 is process", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Rank_Stopped_OthersNameItAndEndTheJob(string library)
    {
        MpiJobResult result = await RunAsync(library, 3, "stop 1 1");

        result.Check(well: false, Quick);
        Assert.Equal(9, result.ExitCode);
        Assert.Matches(@"rank [02] of 3: rank 1 did not answer within 1(\.\d)? s in a gather; ", result.Output);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Rank_StoppedFromTheStart_IsMissedWithinTheDeadline(string library)
    {
        MpiJobResult result = await RunAsync(library, 2, "stop-early 1 1");

        result.Check(well: false, Quick);
        Assert.Equal(9, result.ExitCode);
        Assert.Contains("did not start within 1 s", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Rank_Throws_EndsTheJobByAbort(string library)
    {
        MpiJobResult result = await RunAsync(library, 3, "throw 1");

        result.Check(well: false, Quick);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("rank 1 does not want to go on", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Ranks_DoDifferentThings_SayWhichAndEnd(string library)
    {
        MpiJobResult result = await RunAsync(library, 2, "differ 1");

        result.Check(well: false, Quick);
        Assert.Equal(9, result.ExitCode);
        Assert.Matches("rank 0 of 2: rank 1 sent 1 bytes where 64 were expected|rank 1 of 2: rank 0 did not send the 1 bytes that were expected", result.Output);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Deadline_SetWhileACallWaits_EndsIt(string library)
    {
        MpiJobResult result = await RunAsync(library, 2, "hurry 1");

        result.Check(well: false, Quick);
        Assert.Equal(9, result.ExitCode);
        Assert.Contains("rank 0 of 2: rank 1 did not answer within", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Abort_WhileAnotherThreadWaits_EndsTheJob(string library)
    {
        MpiJobResult result = await RunAsync(library, 2, "late-abort 1");

        result.Check(well: false, Quick);
        Assert.Equal(7, result.ExitCode);
    }

    /// <summary>A rank can take the signal that the launcher passes on, and give up a call that waits; or it dies of it.</summary>
    [Theory]
    [InlineData("Open MPI", "terminate")]
    [InlineData("Open MPI", "hang")]
    [InlineData("MPICH", "terminate")]
    [InlineData("MPICH", "hang")]
    public async Task Launcher_Terminated_AsksRanksAndLeavesNone(string library, string mode)
    {
        MpiJobResult result = await MpiJob.Start(library, 2, $"{mode} 1").TerminateAtAsync("rank 1 is process");

        Report(result);

        // MPICH's launcher ends with 0 if its ranks have gone before it has passed on the signal to all.
        result.Check(well: library == "MPICH" ? null : false, Quick);
        Assert.Matches(mode == "terminate" ? "rank 0 was asked to end" : "rank [01] was asked to end", result.Output);
    }

    [Theory]
    [InlineData("Open MPI", "MPICH")]
    [InlineData("MPICH", "Open MPI")]
    public async Task Library_NotTheLaunchers_IsNoticed(string launcher, string library)
    {
        _ = MpiJob.LauncherOf(library);
        MpiJobResult result = await RunAsync(launcher, 2, "contract", ("CONVNN_MPI_LIBRARY", MpiJob.FileOf(library)));

        result.Check(well: false, Quick);
        Assert.Equal(9, result.ExitCode);
        Assert.Matches($@"rank [01] of 2: mpi(run|exec) started 2 processes, but {library} [0-9.]+ \({MpiJob.FileOf(library)}\) connects 1: .*CONVNN_MPI_LIBRARY, such as {MpiJob.FileOf(launcher)}", result.Output);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Library_IsMissing_IsNamed(string library)
    {
        MpiJobResult result = await RunAsync(library, 2, "contract", ("CONVNN_MPI_LIBRARY", "/nonexistent"));

        result.Check(well: false, Quick);
        Assert.Equal(9, result.ExitCode);
        Assert.Contains("no MPI library was found: tried /nonexistent", result.Output, StringComparison.Ordinal);
    }

    private async Task<MpiJobResult> RunAsync(string library, int ranks, string arguments, params (string Name, string Value)[] environment)
    {
        MpiJobResult result = await MpiJob.RunAsync(library, ranks, arguments, environment);
        Report(result);
        return result;
    }

    private void Report(MpiJobResult result) => output.WriteLine($"code {result.ExitCode} after {result.Elapsed.TotalSeconds:0.00} s:\n{result.Output}");
}
