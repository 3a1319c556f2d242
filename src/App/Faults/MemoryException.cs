using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>There is not enough memory for what was planned, or more was needed.</summary>
/// <param name="reason">The runtime's exception, or one that carries it.</param>
internal sealed class MemoryException(Exception reason)
    : ConvNNException("there is not enough of it; close other programs, or use a smaller Training:BatchSize, fewer Pipeline:Workers or a smaller network.", reason);
