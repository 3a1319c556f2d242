namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What the machine can do at most.</summary>
/// <param name="MultiplyAdds">Arithmetic, for each tier and number of cores.</param>
/// <param name="Memory">Memory, for each way of access and number of cores.</param>
internal sealed record MachineReport(IReadOnlyList<MultiplyAddReport> MultiplyAdds, IReadOnlyList<MemoryReport> Memory);
