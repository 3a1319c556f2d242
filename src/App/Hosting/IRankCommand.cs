namespace ConvNN.App.Hosting;

/// <summary>A command that a launcher may start several times: the processes work together.</summary>
internal interface IRankCommand : ICommand;
