namespace ConvNN.App.Configuration;

/// <summary>What connects the processes that train together.</summary>
internal enum ClusterEngine
{
    /// <summary>MPI where a launcher has started several processes; nothing otherwise.</summary>
    Auto,

    /// <summary>MPI, also without a launcher that is known.</summary>
    Mpi,

    /// <summary>Nothing: each process is on its own.</summary>
    None,
}
