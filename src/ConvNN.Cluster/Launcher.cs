using System.Collections;
using System.Globalization;

namespace ConvNN.Cluster;

/// <summary>What started this process as one rank of a job, as the environment tells it.</summary>
/// <param name="Name">The launcher: <c>mpirun</c> (Open MPI), <c>mpiexec</c> (MPICH and its relatives) or <c>srun</c> (Slurm).</param>
/// <param name="Rank">This process, from 0.</param>
/// <param name="Size">The number of processes.</param>
/// <param name="LocalRank">This process among those on this host, from 0; null if the launcher does not say.</param>
/// <param name="LocalSize">The number of processes on this host; null if the launcher does not say.</param>
/// <param name="Libraries">The file names of MPI libraries to try, best first: a launcher speaks to its own library.</param>
public sealed record Launcher(string Name, int Rank, int Size, int? LocalRank, int? LocalSize, IReadOnlyList<string> Libraries)
{
    private const string OpenMpi = "libmpi.so.40";
    private const string StandardAbi = "libmpi_abi.so";

    // The second is MPICH's name outside Debian, and that of its relatives by Intel and others.
    private static readonly string[] Mpich = ["libmpich.so.12", "libmpi.so.12"];

    /// <summary>The libraries to try without a launcher.</summary>
    public static IReadOnlyList<string> AnyLibrary { get; } = [OpenMpi, .. Mpich, StandardAbi];

    /// <summary>Finds the launcher of this process.</summary>
    /// <returns>The launcher; null if this process was started without one.</returns>
    public static Launcher? Find() => Find(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!, StringComparer.Ordinal));

    /// <summary>
    /// Finds the launcher by the variables that it has set. Those of Slurm alone tell of none: a plain command in a batch script has
    /// them as well.
    /// </summary>
    /// <param name="environment">The environment's variables.</param>
    /// <returns>The launcher; null if there is none.</returns>
    public static Launcher? Find(IReadOnlyDictionary<string, string> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        bool hydra = environment.ContainsKey("MPI_LOCALNRANKS");
        bool slurm = environment.ContainsKey("SLURM_STEP_ID") && !hydra;
        int? slurmLocal = slurm ? Number(environment, "SLURM_LOCALID") : null;
        return From("mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", Number(environment, "OMPI_COMM_WORLD_LOCAL_RANK"), Number(environment, "OMPI_COMM_WORLD_LOCAL_SIZE"), AnyLibrary)
            ?? From(slurm ? "srun" : "mpiexec", "PMI_RANK", "PMI_SIZE", Number(environment, "MPI_LOCALRANKID") ?? slurmLocal, Number(environment, "MPI_LOCALNRANKS"), [.. Mpich, OpenMpi, StandardAbi])
            ?? From("srun", "PMIX_RANK", "SLURM_STEP_NUM_TASKS", slurmLocal, null, AnyLibrary);

        Launcher? From(string name, string rankVariable, string sizeVariable, int? localRank, int? localSize, IReadOnlyList<string> libraries) =>
            Number(environment, rankVariable) is int rank && Number(environment, sizeVariable) is int size && rank < size
                ? new Launcher(name, rank, size, localRank, localSize, libraries)
                : null;
    }

    private static int? Number(IReadOnlyDictionary<string, string> environment, string variable) =>
        environment.TryGetValue(variable, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
