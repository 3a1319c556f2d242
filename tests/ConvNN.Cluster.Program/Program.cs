using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ConvNN.Training.Cluster;
using Microsoft.Win32.SafeHandles;

namespace ConvNN.Cluster.Program;

/// <summary>
/// A rank of a job that tests start: <c>mpirun -n 2 dotnet ConvNN.Cluster.Program.dll contract</c>. It exits with 0 if all is well,
/// with 9 if the cluster failed, with 1 if a check did.
/// </summary>
internal static partial class Program
{
    private const int Failed = 9;
    private const int Kill = 9;
    private const int Stop = 19;

    private static readonly string[] Patched = ["munmap", "mmap", "madvise", "brk"];

    private static int Main(string[] arguments)
    {
        string code = arguments[0] == "code" ? Code() : "";
        try
        {
            TimeSpan deadline = TimeSpan.FromSeconds(arguments.Length > 2 ? double.Parse(arguments[2], CultureInfo.InvariantCulture) : 30);
            if (arguments[0] == "stop-early" && Launcher.Find()?.Rank.ToString(CultureInfo.InvariantCulture) == arguments[1])
            {
                _ = Signal(Environment.ProcessId, Stop);
            }

            using MpiCommunicator ranks = Mpi.Start(Launcher.Find(), deadline);
            try
            {
                return Run(ranks, arguments[0], arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 0, code);
            }
            catch (Exception exception)
            {
                Say(exception.Message);
                int exitCode = exception is ClusterException ? Failed : 1;
                ranks.Abort(exitCode);
                return exitCode;
            }
        }
        catch (ClusterException exception)
        {
            Say(exception.Message);
            return Failed;
        }
    }

    /// <summary>The first bytes of functions that every thread calls.</summary>
    private static unsafe string Code()
    {
        nint library = NativeLibrary.Load("libc.so.6");
        return string.Join(' ', Patched.Select(name => Convert.ToHexString(new ReadOnlySpan<byte>((void*)NativeLibrary.GetExport(library, name), 12))));
    }

    private static int Run(MpiCommunicator ranks, string mode, int culprit, string codeBefore)
    {
        switch (mode)
        {
            case "contract":
                foreach ((string name, Action<ICommunicator> check) in Contract.Checks)
                {
                    try
                    {
                        check(ranks);
                    }
                    catch (InvalidOperationException exception)
                    {
                        throw new InvalidOperationException($"rank {ranks.Rank}: {name}: {exception.Message}", exception);
                    }
                }

                Say($"rank {ranks.Rank} of {ranks.Size}: {Contract.Checks.Count} checks, {ranks.Library}, {ranks.RanksOnHost} on {ranks.Host}");
                return 0;
            case "nulls":
                Say($"rank {ranks.Rank} caught {CatchNull(null)} and {CatchZero(ranks.Size - ranks.Size)}");
                return 0;
            case "code":
                Say($"rank {ranks.Rank}: the code of {string.Join(", ", Patched)} is {(Code() == codeBefore ? "as it was" : "another")}");
                return 0;
            case "measure":
                foreach (string line in Measure.Run(ranks))
                {
                    if (ranks.Rank == 0)
                    {
                        Say($"{ranks.Library}: {line}");
                    }
                }

                return 0;
            default:
                return Fault(ranks, mode, culprit);
        }
    }

    /// <summary>One rank does what a rank should not; the others go on until they notice.</summary>
    private static int Fault(MpiCommunicator ranks, string fault, int culprit)
    {
        int[] lengths = [.. Enumerable.Repeat(64, ranks.Size)];
        byte[] all = new byte[64 * ranks.Size];
        Action? later = fault switch
        {
            "hurry" => () => ranks.Deadline = TimeSpan.FromSeconds(0.7),
            "late-abort" => () => ranks.Abort(7),
            _ => null,
        };
        using Timer? timer = later is null || ranks.Rank == culprit ? null : new Timer(_ => later(), null, TimeSpan.FromSeconds(0.5), Timeout.InfiniteTimeSpan);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            Say($"rank {ranks.Rank} was asked to end");
            context.Cancel = fault == "terminate";
            ranks.Deadline = TimeSpan.FromSeconds(0.3);
        });
        for (int call = 0; ; call++)
        {
            ranks.Gather(all, lengths);
            if (call == 100 && ranks.Rank == culprit)
            {
                Say($"rank {culprit} is process {Environment.ProcessId}");
                switch (fault)
                {
                    case "kill":
                        _ = Signal(Environment.ProcessId, Kill);
                        break;
                    case "stop":
                        _ = Signal(Environment.ProcessId, Stop);
                        break;
                    case "hang" or "hurry" or "late-abort" or "terminate":
                        Thread.Sleep(Timeout.Infinite);
                        break;
                    case "abort":
                        ranks.Abort(7);
                        break;
                    case "throw":
                        throw new InvalidOperationException($"rank {culprit} does not want to go on");
                    case "differ":
                        ranks.Gather(all.AsSpan(0, ranks.Size), [.. Enumerable.Repeat(1, ranks.Size)]);
                        break;
                    default:
                        throw new ArgumentException($"No such mode: {fault}.", nameof(fault));
                }
            }
        }
    }

    private static string CatchNull(string? text)
    {
        try
        {
            return text!.Length.ToString(CultureInfo.InvariantCulture);
        }
        catch (NullReferenceException exception)
        {
            return exception.GetType().Name;
        }
    }

    private static string CatchZero(int zero)
    {
        try
        {
            return (1 / zero).ToString(CultureInfo.InvariantCulture);
        }
        catch (DivideByZeroException exception)
        {
            return exception.GetType().Name;
        }
    }

    /// <summary>Writes a whole line at once, since ranks share the output. mpirun gives them a terminal, to which Console would talk first.</summary>
    private static void Say(string line)
    {
        using FileStream output = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        output.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
