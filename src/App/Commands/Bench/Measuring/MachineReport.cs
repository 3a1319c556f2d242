namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The peak performance of the machine.</summary>
/// <param name="MultiplyAdds">Arithmetic, for each tier and number of cores.</param>
/// <param name="Memory">Memory bandwidth, for each access pattern and number of cores.</param>
internal sealed record MachineReport(IReadOnlyList<MultiplyAddReport> MultiplyAdds, IReadOnlyList<MemoryReport> Memory);
