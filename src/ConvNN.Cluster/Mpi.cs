using ConvNN.Training.Cluster;

namespace ConvNN.Cluster;

/// <summary>Starts MPI in this process.</summary>
public static class Mpi
{
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(30);
    private static int _started;

    /// <summary>
    /// Loads an MPI library, the one that <c>CONVNN_MPI_LIBRARY</c> names, or else the first that is installed, and connects this process
    /// to the other ranks. It can be done once in a process.
    /// </summary>
    /// <param name="launcher">What started this process, of <see cref="Launcher.Find()"/>; null for nothing, so that it is the only rank.</param>
    /// <param name="deadline">The longest that it waits for other ranks, and the first <see cref="ICommunicator.Deadline"/>; null for 30 s.</param>
    /// <param name="cancellationToken">Gives up to wait for other ranks.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ClusterException">There is no library, it is not the launcher's, or other ranks did not answer in time.</exception>
    /// <exception cref="OperationCanceledException">It gave up.</exception>
    public static MpiCommunicator Start(Launcher? launcher, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ClusterException("MPI can be used on Linux only: start this program without a launcher");
        }

        string? named = Environment.GetEnvironmentVariable(MpiLibrary.Variable);
        MpiLibrary library = MpiLibrary.Load(string.IsNullOrEmpty(named) ? launcher?.Libraries ?? Launcher.AnyLibrary : [named]);
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("MPI can be started once in a process.");
        }

        MpiSession session = new(library);
        session.WaitForStart(deadline ?? UsualDeadline, cancellationToken);
        (int rank, int size) = Place(session, launcher);
        return new MpiCommunicator(session, new MpiLink(library, rank, size, deadline ?? UsualDeadline));
    }

    private static (int Rank, int Size) Place(MpiSession session, Launcher? launcher)
    {
        MpiLibrary library = session.Library;
        if (library.Rank(out int rank) != 0 || library.Size(out int size) != 0)
        {
            throw new ClusterException($"{library.Name} ({library.File}) does not tell this process's rank");
        }

        if (launcher is null || launcher.Size == size)
        {
            return (rank, size);
        }

        // Alone, so nobody is waited for.
        if (size == 1)
        {
            session.End(UsualDeadline);
        }

        throw new ClusterException($"rank {launcher.Rank} of {launcher.Size}: {launcher.Name} started {launcher.Size} processes, but {library.Name} ({library.File}) connects {size}: they belong to different MPIs; use {library.Name}'s own launcher, or name the launcher's library by {MpiLibrary.Variable}, such as {launcher.Libraries[0]}");
    }
}
